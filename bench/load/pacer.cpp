// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/pacer.hpp"

#include <algorithm>

namespace turnpike::bench {
namespace {

constexpr std::uint64_t bursts_at_once = 16;  // as fast as it goes: between two looks at the clock

}  // namespace

Pacer::Pacer(double packets_per_second, std::size_t burst, std::chrono::nanoseconds start) noexcept
    : interval_ns_{packets_per_second > 0 ? static_cast<double>(burst) * 1e9 / packets_per_second
                                          : 0},
      start_{start} {}

std::uint64_t Pacer::take_due(std::chrono::nanoseconds now) noexcept {
    if (interval_ns_ == 0) return bursts_at_once;
    if (now < start_) return 0;
    if (now - next_due() > debt_max) start_ += now - next_due() - debt_max;
    const auto due =
        static_cast<std::uint64_t>(static_cast<double>((now - start_).count()) / interval_ns_) + 1;
    const std::uint64_t fresh = due > taken_ ? due - taken_ : 0;
    taken_ += fresh;
    return fresh;
}

std::chrono::nanoseconds Pacer::next_due() const noexcept {
    return start_ + std::chrono::nanoseconds{
                        static_cast<std::int64_t>(static_cast<double>(taken_) * interval_ns_)};
}

}  // namespace turnpike::bench
