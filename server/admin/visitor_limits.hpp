// SPDX-License-Identifier: BSD-3-Clause
//
// How often one address may ask: a bucket each, filled at a rate. Pure; the time comes in. Never
// holds more than `addresses_max` buckets: whoever does not fit shares the last one with all others
// that do not. IPv6 counts by /64; all that come over a Unix socket are one.
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>

#include "protocol/address.hpp"
#include "protocol/time.hpp"

namespace turnpike::admin {

class VisitorLimits {
public:
    static constexpr std::size_t addresses_max = 4096;

    // So many at once, and one more each `interval`.
    VisitorLimits(std::uint32_t burst, std::chrono::nanoseconds interval) noexcept
        : burst_{burst}, interval_{interval} {}

    // None: it may, and is counted. Else how long it has to wait.
    [[nodiscard]] std::optional<std::chrono::seconds> take(
        const std::optional<protocol::IpAddress>& visitor, protocol::TimePoint now);

    [[nodiscard]] std::size_t addresses() const noexcept { return full_at_.size(); }

private:
    [[nodiscard]] protocol::TimePoint& bucket_of(const protocol::IpAddress& address,
                                                 protocol::TimePoint now);

    // Constant after construction.
    std::uint32_t burst_;
    std::chrono::nanoseconds interval_;
    // The admin thread's: when each bucket is full again.
    std::map<protocol::IpAddress, protocol::TimePoint> full_at_;
    protocol::TimePoint unix_full_at_{};
    protocol::TimePoint others_full_at_{};
};

}  // namespace turnpike::admin
