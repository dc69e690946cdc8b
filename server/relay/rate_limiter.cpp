// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/rate_limiter.hpp"

#include <algorithm>
#include <chrono>
#include <limits>

namespace turnpike::relay {
namespace {

// More than any datagram; keeps the product below within 64 bits.
constexpr std::uint64_t octets_max = 1U << 20U;

}  // namespace

std::chrono::nanoseconds duration_at(std::uint64_t bits_per_second, std::size_t octets) noexcept {
    constexpr std::uint64_t scaled_bits_per_octet = 8 * std::uint64_t{std::nano::den};
    const std::uint64_t scaled =
        std::min<std::uint64_t>(octets, octets_max) * scaled_bits_per_octet;
    const std::uint64_t count =
        scaled / bits_per_second + (scaled % bits_per_second != 0 ? 1U : 0U);
    return std::chrono::nanoseconds{static_cast<std::int64_t>(count)};
}

bool RateLimiter::has_room(protocol::TimePoint now) const noexcept {
    return bits_per_second_ == 0 || full_ - now < burst;
}

void RateLimiter::charge(std::size_t octets, protocol::TimePoint now) noexcept {
    if (bits_per_second_ == 0) return;
    full_ = std::max(full_, now) + duration_at(bits_per_second_, octets);
}

bool RateLimiter::take(std::size_t octets, protocol::TimePoint now) noexcept {
    if (!has_room(now)) return false;
    charge(octets, now);
    return true;
}

RateLimiter::Room RateLimiter::room(protocol::TimePoint now) const noexcept {
    if (bits_per_second_ == 0) return {.octets = std::numeric_limits<std::uint64_t>::max()};
    const auto filled = std::max(full_, now) - now;
    if (filled >= burst) return {.octets = 0, .again = full_ - burst / 2};
    const auto free = std::chrono::floor<std::chrono::milliseconds>(burst - filled).count();
    constexpr std::uint64_t millisecond_bits_per_octet = 8 * std::uint64_t{std::milli::den};
    const std::uint64_t bits =
        static_cast<std::uint64_t>(free) *
        std::min(bits_per_second_, std::numeric_limits<std::uint64_t>::max() /
                                       static_cast<std::uint64_t>(burst.count()));
    // Never none: a bucket that has any room takes at least one octet.
    return {.octets = std::max<std::uint64_t>(bits / millisecond_bits_per_octet, 1)};
}

}  // namespace turnpike::relay
