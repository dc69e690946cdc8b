// SPDX-License-Identifier: BSD-3-Clause
//
// How often one address may ask: a bucket each (RateBuckets). Pure; the time comes in. IPv6 counts
// by /64; all that come over a Unix socket are one, and so are all that come through one proxy.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/admin/rate_buckets.hpp"

namespace turnpike::admin {

class VisitorLimits {
public:
    static constexpr std::size_t addresses_max = RateBuckets<protocol::IpAddress>::keys_max;

    explicit VisitorLimits(const Rate& rate) noexcept : rate_{rate}, addresses_{rate} {}

    // None: it may, and is counted. Else how long it has to wait.
    [[nodiscard]] std::optional<std::chrono::seconds> take(
        const std::optional<protocol::IpAddress>& visitor, protocol::TimePoint now);

    [[nodiscard]] std::size_t addresses() const noexcept { return addresses_.size(); }

private:
    // Constant after construction.
    Rate rate_;
    // The admin thread's.
    RateBuckets<protocol::IpAddress> addresses_;
    RateBucket unix_;
};

}  // namespace turnpike::admin
