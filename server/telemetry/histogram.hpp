// SPDX-License-Identifier: BSD-3-Clause
//
// How long something took, in buckets that are the same for all: from half a millisecond, which no
// packet notices, to five seconds, which nobody waits. One thread records, any thread reads, nobody
// waits. Its size is constant.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace turnpike::telemetry {

// What is not longer than a bound, and than no smaller one, is in its bucket.
inline constexpr std::array<std::chrono::microseconds, 13> latency_bounds{
    std::chrono::microseconds{500},       std::chrono::microseconds{1'000},
    std::chrono::microseconds{2'500},     std::chrono::microseconds{5'000},
    std::chrono::microseconds{10'000},    std::chrono::microseconds{25'000},
    std::chrono::microseconds{50'000},    std::chrono::microseconds{100'000},
    std::chrono::microseconds{250'000},   std::chrono::microseconds{500'000},
    std::chrono::microseconds{1'000'000}, std::chrono::microseconds{2'500'000},
    std::chrono::microseconds{5'000'000}};

struct HistogramValues {
    // By bucket, each alone; the last is of what is longer than every bound.
    std::array<std::uint64_t, latency_bounds.size() + 1> counts{};
    std::chrono::nanoseconds sum{0};
};

class Histogram {
public:
    // By the owning thread alone. What seems to have taken less than nothing took nothing.
    void record(std::chrono::nanoseconds took) noexcept;
    // By any thread. What is recorded meanwhile may be in the buckets and not yet in the sum.
    [[nodiscard]] HistogramValues read() const noexcept;

private:
    std::array<std::atomic<std::uint64_t>, latency_bounds.size() + 1> counts_{};
    std::atomic<std::int64_t> sum_nanoseconds_{0};
};

}  // namespace turnpike::telemetry
