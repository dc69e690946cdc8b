// SPDX-License-Identifier: BSD-3-Clause
//
// Times as the kernel counts them: nanoseconds of CLOCK_MONOTONIC, which is
// std::chrono::steady_clock on Linux.
#pragma once

#include <chrono>
#include <cstdint>
#include <type_traits>

#include "protocol/time.hpp"

namespace turnpike::xdp {

static_assert(std::is_same_v<protocol::TimePoint::duration, std::chrono::nanoseconds>);

// What lies before the machine's start is over for every packet, and TimePoint::max() for none.
[[nodiscard]] constexpr std::uint64_t monotonic_ns(protocol::TimePoint time) noexcept {
    const auto count = time.time_since_epoch().count();
    return count < 0 ? 0 : static_cast<std::uint64_t>(count);
}

[[nodiscard]] constexpr protocol::TimePoint time_point(std::uint64_t monotonic_ns) noexcept {
    return protocol::TimePoint{
        protocol::TimePoint::duration{static_cast<protocol::TimePoint::rep>(monotonic_ns)}};
}

}  // namespace turnpike::xdp
