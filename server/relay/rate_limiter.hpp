// SPDX-License-Identifier: BSD-3-Clause
//
// A token bucket: bits per second with a burst of a fraction of a second. It is kept as the moment
// when it will be full again, so that filling costs nothing. No allocation, no lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "protocol/time.hpp"

namespace turnpike::relay {

// How long the rate, which is not 0, takes for so many octets: rounded up, so that what passes is
// never over the rate.
[[nodiscard]] std::chrono::nanoseconds duration_at(std::uint64_t bits_per_second,
                                                   std::size_t octets) noexcept;

class RateLimiter {
public:
    // What a bucket holds, in time at its rate: a key frame passes, a second of video does not.
    static constexpr std::chrono::milliseconds burst{250};

    RateLimiter() = default;  // without a limit
    // 0: without a limit. `full`: when the bucket is.
    explicit RateLimiter(std::uint64_t bits_per_second, protocol::TimePoint full) noexcept
        : bits_per_second_{bits_per_second}, full_{full} {}

    // What stands between asking and charging may be other limits.
    [[nodiscard]] bool has_room(protocol::TimePoint now) const noexcept;
    void charge(std::size_t octets, protocol::TimePoint now) noexcept;
    // From now on another rate, and what it owes stays.
    void change(std::uint64_t bits_per_second) noexcept { bits_per_second_ = bits_per_second; }

    // True, and charged, where `octets` may pass at `now`: while the bucket is not empty. A
    // datagram that is larger than what is left passes whole and the next ones wait for it, or a
    // large one would never pass at a low rate.
    [[nodiscard]] bool take(std::size_t octets, protocol::TimePoint now) noexcept;

    // For a stream, which waits where a datagram is dropped: how much fits into the bucket at
    // `now`; where nothing does, when half of it will be free again.
    struct Room {
        std::uint64_t octets = 0;
        protocol::TimePoint again{};
    };
    [[nodiscard]] Room room(protocol::TimePoint now) const noexcept;

private:
    std::uint64_t bits_per_second_ = 0;
    protocol::TimePoint full_{};
};

}  // namespace turnpike::relay
