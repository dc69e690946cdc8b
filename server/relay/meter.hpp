// SPDX-License-Identifier: BSD-3-Clause
//
// What two relays of one session count together while packets flow through both: this one, and the
// kernel's. Every number is read and written by either at any time, as an atomic one; none orders
// any other. Times are nanoseconds of std::chrono::steady_clock. The memory is the other's, and
// outlives its use here.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "server/relay/shared_limits.hpp"

namespace turnpike::relay {

// Of one way. What is here was relayed by the other alone, but for `full`, which both pour into.
struct WayMeter {
    // The top bit says that nothing more is relayed on it.
    static constexpr std::uint64_t closed = std::uint64_t{1} << 63U;

    std::uint64_t octets = 0;  // of payload
    std::uint64_t packets = 0;
    std::uint64_t full = 0;  // when the token bucket will be full again, as in RateLimiter
    std::uint64_t last_media = 0;
};

// Of both ways, by whichever relayed.
struct MediaMeter {
    std::uint64_t first = 0;  // 0: none yet
    std::uint64_t next_second = 0;
    std::uint64_t seconds = 0;
};

struct Meter {
    std::array<WayMeter*, 2> ways{};
    MediaMeter* media = nullptr;
    std::uint64_t* octets_here = nullptr;  // told: what this relay used of the budget

    [[nodiscard]] WayMeter& of(Way way) const noexcept {
        return *ways[static_cast<std::size_t>(way)];
    }
};

[[nodiscard]] inline std::uint64_t read(std::uint64_t& number) noexcept {
    return std::atomic_ref{number}.load(std::memory_order_relaxed);
}
inline void write(std::uint64_t& number, std::uint64_t value) noexcept {
    std::atomic_ref{number}.store(value, std::memory_order_relaxed);
}

}  // namespace turnpike::relay
