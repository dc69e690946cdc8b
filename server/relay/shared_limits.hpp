// SPDX-License-Identifier: BSD-3-Clause
//
// A rate and a budget that several sessions use up together: those of one user, or of one call, on
// whichever workers they are. Any thread may ask and charge at any time: everything is one atomic
// number, and nothing waits. Between asking and charging another worker may charge too, so what
// passes is over a limit by one packet of each worker at most.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "protocol/time.hpp"
#include "server/relay/rate_limiter.hpp"

namespace turnpike::relay {

enum class Way : std::uint8_t { to_peer, from_peer };

class SharedLimits {
public:
    // What was used, and what is remembered of it.
    struct Numbers {
        std::uint64_t used = 0;
        std::uint64_t used_elsewhere = 0;
        std::optional<protocol::TimePoint> first_media{};
        std::array<protocol::TimePoint, 2> full{};  // by way: the bucket
        bool is_exhausted = false;
        bool operator==(const Numbers&) const = default;
    };

    // 0: without a limit. They may change while packets flow.
    void limit_rate(std::uint64_t bits_per_second) noexcept;  // each way
    void limit_bytes(std::uint64_t bytes) noexcept;           // both ways together
    // What was used of the budget before, or is used by other servers.
    void set_used_elsewhere(std::uint64_t bytes) noexcept;

    // Whether this may pass at `now`, by rate: as RateLimiter says it.
    [[nodiscard]] bool has_rate(Way way, protocol::TimePoint now) const noexcept;
    // What is left of the budget.
    [[nodiscard]] std::uint64_t bytes_left() const noexcept;
    void charge(Way way, std::size_t octets, protocol::TimePoint now) noexcept;

    // Something was relayed at `now`; the first is remembered.
    void note_media(protocol::TimePoint now) noexcept {
        if (first_media_.load(std::memory_order_relaxed) == 0) [[unlikely]]
            begin_media(now);
    }
    [[nodiscard]] std::optional<protocol::TimePoint> first_media() const noexcept;
    // Something was dropped because the budget has no room for it.
    void note_exhaustion() noexcept { exhausted_.store(true, std::memory_order_relaxed); }
    [[nodiscard]] bool is_exhausted() const noexcept {
        return exhausted_.load(std::memory_order_relaxed);
    }

    // For a stream: see RateLimiter.
    [[nodiscard]] RateLimiter::Room room(Way way, protocol::TimePoint now) const noexcept;

    // By sessions of this server.
    [[nodiscard]] std::uint64_t used() const noexcept {
        return used_.load(std::memory_order_relaxed);
    }

    // For another process to go on with.
    [[nodiscard]] Numbers numbers() const noexcept;
    void go_on(const Numbers& numbers) noexcept;

private:
    using Count = protocol::TimePoint::rep;

    void begin_media(protocol::TimePoint now) noexcept;
    [[nodiscard]] const std::atomic<Count>& full(Way way) const noexcept {
        return full_[static_cast<std::size_t>(way)];
    }

    std::atomic<std::uint64_t> bits_per_second_{0};
    std::atomic<std::uint64_t> bytes_{0};
    std::atomic<std::uint64_t> used_{0};
    std::atomic<std::uint64_t> used_elsewhere_{0};
    std::atomic<Count> first_media_{0};  // 0: none yet
    std::atomic<bool> exhausted_{false};
    // By way: when its bucket is full again.
    std::array<std::atomic<Count>, 2> full_{};
};

}  // namespace turnpike::relay
