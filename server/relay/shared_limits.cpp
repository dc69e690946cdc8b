// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/shared_limits.hpp"

#include <algorithm>
#include <limits>

namespace turnpike::relay {

using protocol::TimePoint;

namespace {

// No number here orders any other.
constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

void SharedLimits::limit_rate(std::uint64_t bits_per_second) noexcept {
    bits_per_second_.store(bits_per_second, relaxed);
}

void SharedLimits::limit_bytes(std::uint64_t bytes) noexcept {
    bytes_.store(bytes, relaxed);
    exhausted_.store(false, relaxed);
}

void SharedLimits::begin_media(TimePoint now) noexcept {
    Count none = 0;
    first_media_.compare_exchange_strong(none, now.time_since_epoch().count(), relaxed);
}

std::optional<TimePoint> SharedLimits::first_media() const noexcept {
    const Count first = first_media_.load(relaxed);
    return first == 0 ? std::nullopt : std::optional{TimePoint{TimePoint::duration{first}}};
}

void SharedLimits::set_used_elsewhere(std::uint64_t bytes) noexcept {
    used_elsewhere_.store(bytes, relaxed);
}

bool SharedLimits::has_rate(Way way, TimePoint now) const noexcept {
    if (bits_per_second_.load(relaxed) == 0) return true;
    return TimePoint{TimePoint::duration{full(way).load(relaxed)}} - now < RateLimiter::burst;
}

std::uint64_t SharedLimits::bytes_left() const noexcept {
    const std::uint64_t bytes = bytes_.load(relaxed);
    if (bytes == 0) return std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t used = used_.load(relaxed) + used_elsewhere_.load(relaxed);
    return used < bytes ? bytes - used : 0;
}

void SharedLimits::charge(Way way, std::size_t octets, TimePoint now) noexcept {
    used_.fetch_add(octets, relaxed);
    const std::uint64_t rate = bits_per_second_.load(relaxed);
    if (rate == 0) return;
    const Count length = duration_at(rate, octets).count();
    std::atomic<Count>& full = full_[static_cast<std::size_t>(way)];
    Count before = full.load(relaxed);
    while (!full.compare_exchange_weak(
        before, std::max(before, now.time_since_epoch().count()) + length, relaxed)) {
    }
}

SharedLimits::Numbers SharedLimits::numbers() const noexcept {
    const auto moment = [](const std::atomic<Count>& count) {
        return TimePoint{TimePoint::duration{count.load(relaxed)}};
    };
    return {.used = used(),
            .used_elsewhere = used_elsewhere_.load(relaxed),
            .first_media = first_media(),
            .full = {moment(full_[0]), moment(full_[1])},
            .is_exhausted = is_exhausted()};
}

void SharedLimits::go_on(const Numbers& numbers) noexcept {
    used_.store(numbers.used, relaxed);
    used_elsewhere_.store(numbers.used_elsewhere, relaxed);
    if (numbers.first_media) begin_media(*numbers.first_media);
    for (std::size_t way = 0; way < full_.size(); ++way) {
        full_[way].store(numbers.full[way].time_since_epoch().count(), relaxed);
    }
    exhausted_.store(numbers.is_exhausted, relaxed);
}

RateLimiter::Room SharedLimits::room(Way way, TimePoint now) const noexcept {
    return RateLimiter{bits_per_second_.load(relaxed),
                       TimePoint{TimePoint::duration{full(way).load(relaxed)}}}
        .room(now);
}

}  // namespace turnpike::relay
