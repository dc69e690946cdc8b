// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/rate_limiter.hpp"

#include <algorithm>

namespace turnpike::relay {
namespace {

// More than any datagram; keeps the product below within 64 bits.
constexpr std::uint64_t octets_max = 1U << 20U;

// How long the rate takes for it, rounded up: what passes is never over the rate.
std::chrono::nanoseconds duration_of(std::size_t octets, std::uint64_t bits_per_second) noexcept {
    constexpr std::uint64_t scaled_bits_per_octet = 8 * std::uint64_t{std::nano::den};
    const std::uint64_t scaled =
        std::min<std::uint64_t>(octets, octets_max) * scaled_bits_per_octet;
    const std::uint64_t count =
        scaled / bits_per_second + (scaled % bits_per_second != 0 ? 1U : 0U);
    return std::chrono::nanoseconds{static_cast<std::int64_t>(count)};
}

}  // namespace

bool RateLimiter::take(std::size_t octets, protocol::TimePoint now) noexcept {
    if (bits_per_second_ == 0) return true;
    const protocol::TimePoint filling = std::max(full_, now);
    if (filling - now >= burst) return false;
    full_ = filling + duration_of(octets, bits_per_second_);
    return true;
}

}  // namespace turnpike::relay
