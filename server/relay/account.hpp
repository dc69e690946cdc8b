// SPDX-License-Identifier: BSD-3-Clause
//
// What one session has used of its grant, and what it may still: a budget, a rate each way, what
// was relayed and when. Between share() and unshare() the kernel relays for the same session, and
// both count as one: what either used is missing to the other at once. Owned by one worker, pure,
// no allocation but share()'s.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/rare.hpp"
#include "protocol/time.hpp"
#include "server/relay/meter.hpp"
#include "server/relay/rate_limiter.hpp"
#include "server/relay/shared_limits.hpp"

namespace turnpike::relay {

struct Traffic {
    std::uint64_t packets = 0;  // of a TCP relay: how often something was read
    std::uint64_t bytes = 0;    // payload octets, no headers
    bool operator==(const Traffic&) const = default;
};

// What a grant lets pass, as it may change while packets flow.
struct SessionLimits {
    std::optional<protocol::TimePoint> deadline{};  // nothing is relayed from then on
    std::uint64_t bytes = 0;                        // both ways together; 0: no limit
    std::uint64_t bits_per_second = 0;              // each way; 0: no limit
};

class Account {
public:
    // What it counts by itself.
    struct Numbers {
        std::uint64_t bytes_used = 0;
        std::array<protocol::TimePoint, 2> full{};  // by way: the bucket, where it is not shared
        std::array<Traffic, 2> traffic{};           // by way
        protocol::TimePoint first_media{};
        protocol::TimePoint last_media{};
        protocol::TimePoint next_media_second{};
        std::uint64_t media_seconds = 0;
        bool operator==(const Numbers&) const = default;
    };

    Account(const SessionLimits& limits, protocol::TimePoint now) noexcept;

    // But for the deadline, which is not the account's.
    [[nodiscard]] SessionLimits limits() const noexcept;
    // What was used of the budget stays used, and what a bucket owes stays.
    void amend(const SessionLimits& limits) noexcept;

    [[nodiscard]] std::uint64_t bytes_left() const noexcept;
    // As RateLimiter says it.
    [[nodiscard]] bool has_rate(Way way, protocol::TimePoint now) const noexcept;
    [[nodiscard]] RateLimiter::Room room(Way way, protocol::TimePoint now) const noexcept;

    // Budget and rate.
    void use_up(Way way, std::size_t octets, protocol::TimePoint now) noexcept;
    // Traffic and media.
    void note(Way way, std::size_t octets, protocol::TimePoint now) noexcept;

    [[nodiscard]] Traffic traffic(Way way) const noexcept;
    // When the first and the last payload was relayed, either way.
    [[nodiscard]] std::optional<protocol::TimePoint> first_media() const noexcept;
    [[nodiscard]] std::optional<protocol::TimePoint> last_media() const noexcept;
    // When the kernel relayed for the client last.
    [[nodiscard]] std::optional<protocol::TimePoint> last_beside(Way way) const noexcept;
    // Each begins with something relayed after the one before has passed.
    [[nodiscard]] std::uint64_t media_seconds() const noexcept;

    // The meter's numbers are 0, and nobody counts on it yet.
    void share(const Meter& meter);
    // Nobody counts on it any more. What it says is kept.
    void unshare() noexcept;
    [[nodiscard]] bool is_shared() const noexcept { return meter_.has_value(); }

    // For another process to go on with: without what is shared, or all of it as of now.
    [[nodiscard]] const Numbers& own() const noexcept { return own_; }
    [[nodiscard]] Numbers all() const;
    void go_on(const Numbers& numbers) noexcept { own_ = numbers; }
    // After go_on() with own(): this meter is the one that was shared then.
    void share_again(const Meter& meter) { meter_ = meter; }

private:
    [[nodiscard]] bool has_media() const noexcept;
    [[nodiscard]] std::uint64_t bytes_beside() const noexcept;
    [[nodiscard]] RateLimiter rate(Way way) const noexcept;
    [[nodiscard]] static std::size_t index_of(Way way) noexcept {
        return static_cast<std::size_t>(way);
    }

    std::uint64_t bytes_max_;
    std::uint64_t bits_per_second_;
    Numbers own_;
    protocol::Rare<Meter> meter_;
};

}  // namespace turnpike::relay
