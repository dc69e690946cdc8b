// SPDX-License-Identifier: BSD-3-Clause
//
// A token bucket: bits per second with a burst of a fraction of a second. No allocation, no lock.
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/time.hpp"

namespace turnpike::relay {

class RateLimiter {
public:
    RateLimiter() = default;  // without a limit
    explicit RateLimiter(std::uint64_t bits_per_second, protocol::TimePoint now) noexcept;

    // True, and charged, where `octets` may pass at `now`.
    [[nodiscard]] bool take(std::size_t octets, protocol::TimePoint now) noexcept;

private:
    std::uint64_t bits_per_second_ = 0;
    std::uint64_t tokens_ = 0;  // bits
    protocol::TimePoint filled_{};
};

}  // namespace turnpike::relay
