// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/account.hpp"

#include <algorithm>
#include <limits>

namespace turnpike::relay {

using protocol::TimePoint;

namespace {

constexpr std::array ways{Way::to_peer, Way::from_peer};

constexpr std::uint64_t budget(const SessionLimits& limits) noexcept {
    return limits.bytes == 0 ? std::numeric_limits<std::uint64_t>::max() : limits.bytes;
}

constexpr std::uint64_t count_of(TimePoint when) noexcept {
    return static_cast<std::uint64_t>(when.time_since_epoch().count());
}

constexpr TimePoint moment(std::uint64_t count) noexcept {
    return TimePoint{TimePoint::duration{static_cast<TimePoint::rep>(count)}};
}

// The kernel pours at the same time.
void pour(std::uint64_t& full, std::uint64_t bits_per_second, std::size_t octets,
          TimePoint now) noexcept {
    const auto length = static_cast<std::uint64_t>(duration_at(bits_per_second, octets).count());
    const std::atomic_ref shared{full};
    std::uint64_t before = shared.load(std::memory_order_relaxed);
    while (!shared.compare_exchange_weak(before, std::max(before, count_of(now)) + length,
                                         std::memory_order_relaxed)) {
    }
}

// True where this one begins a second, which of both relays only one can.
bool begins_second(MediaMeter& media, TimePoint now) noexcept {
    const std::atomic_ref next{media.next_second};
    std::uint64_t before = next.load(std::memory_order_relaxed);
    if (before != 0 && count_of(now) < before) return false;
    return next.compare_exchange_strong(before, count_of(now + std::chrono::seconds{1}),
                                        std::memory_order_relaxed);
}

void note_media(MediaMeter& media, TimePoint now) noexcept {
    if (!begins_second(media, now)) return;
    if (read(media.first) == 0) write(media.first, count_of(now));
    std::atomic_ref{media.seconds}.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

Account::Account(const SessionLimits& limits, TimePoint now) noexcept
    : bytes_max_{budget(limits)}, bits_per_second_{limits.bits_per_second} {
    own_.full = {now, now};
}

SessionLimits Account::limits() const noexcept {
    const bool has_budget = bytes_max_ != std::numeric_limits<std::uint64_t>::max();
    return {.bytes = has_budget ? bytes_max_ : 0, .bits_per_second = bits_per_second_};
}

void Account::amend(const SessionLimits& limits) noexcept {
    bytes_max_ = budget(limits);
    bits_per_second_ = limits.bits_per_second;
}

std::uint64_t Account::bytes_beside() const noexcept {
    if (!meter_) return 0;
    std::uint64_t octets = 0;
    for (const Way way : ways) octets += read(meter_->of(way).octets) & ~WayMeter::closed;
    return octets;
}

std::uint64_t Account::bytes_left() const noexcept {
    const std::uint64_t used = own_.bytes_used + bytes_beside();
    return used < bytes_max_ ? bytes_max_ - used : 0;
}

RateLimiter Account::rate(Way way) const noexcept {
    return RateLimiter{bits_per_second_,
                       meter_ ? moment(read(meter_->of(way).full)) : own_.full[index_of(way)]};
}

bool Account::has_rate(Way way, TimePoint now) const noexcept {
    return rate(way).has_room(now);
}

RateLimiter::Room Account::room(Way way, TimePoint now) const noexcept {
    return rate(way).room(now);
}

void Account::use_up(Way way, std::size_t octets, TimePoint now) noexcept {
    own_.bytes_used += octets;
    if (meter_) write(*meter_->octets_here, own_.bytes_used);
    if (bits_per_second_ == 0) return;
    TimePoint& full = own_.full[index_of(way)];
    if (meter_) {
        pour(meter_->of(way).full, bits_per_second_, octets, now);
    } else {
        full = std::max(full, now) + duration_at(bits_per_second_, octets);
    }
}

bool Account::has_media() const noexcept {
    return own_.traffic[0].packets != 0 || own_.traffic[1].packets != 0;
}

void Account::note(Way way, std::size_t octets, TimePoint now) noexcept {
    const bool is_first = !has_media();
    Traffic& traffic = own_.traffic[index_of(way)];
    ++traffic.packets;
    traffic.bytes += octets;
    own_.last_media = now;
    if (meter_) return note_media(*meter_->media, now);
    if (is_first) own_.first_media = own_.next_media_second = now;
    if (now < own_.next_media_second) return;
    ++own_.media_seconds;
    own_.next_media_second = now + std::chrono::seconds{1};
}

Traffic Account::traffic(Way way) const noexcept {
    Traffic total = own_.traffic[index_of(way)];
    if (!meter_) return total;
    WayMeter& beside = meter_->of(way);
    total.packets += read(beside.packets);
    total.bytes += read(beside.octets) & ~WayMeter::closed;
    return total;
}

std::optional<TimePoint> Account::last_beside(Way way) const noexcept {
    if (!meter_) return std::nullopt;
    const std::uint64_t last = read(meter_->of(way).last_media);
    return last == 0 ? std::nullopt : std::optional{moment(last)};
}

std::optional<TimePoint> Account::first_media() const noexcept {
    if (meter_) {
        const std::uint64_t first = read(meter_->media->first);
        return first == 0 ? std::nullopt : std::optional{moment(first)};
    }
    return has_media() ? std::optional{own_.first_media} : std::nullopt;
}

std::optional<TimePoint> Account::last_media() const noexcept {
    std::optional<TimePoint> last;
    if (has_media()) last = own_.last_media;
    for (const Way way : ways) last = std::max(last, last_beside(way));
    return last;
}

std::uint64_t Account::media_seconds() const noexcept {
    return own_.media_seconds + (meter_ ? read(meter_->media->seconds) : 0);
}

void Account::share(const Meter& meter) {
    for (const Way way : ways) write(meter.of(way).full, count_of(own_.full[index_of(way)]));
    write(*meter.octets_here, own_.bytes_used);
    if (has_media()) {
        write(meter.media->next_second, count_of(own_.next_media_second));
        write(meter.media->first, count_of(own_.first_media));
    }
    meter_ = meter;
}

void Account::unshare() noexcept {
    if (!meter_) return;
    const auto first = first_media();
    const auto last = last_media();
    own_.bytes_used += bytes_beside();
    own_.media_seconds = media_seconds();
    if (first) own_.first_media = *first;
    if (last) own_.last_media = *last;
    own_.next_media_second = moment(read(meter_->media->next_second));
    for (const Way way : ways) {
        own_.traffic[index_of(way)] = traffic(way);
        own_.full[index_of(way)] = moment(read(meter_->of(way).full));
    }
    meter_.reset();
}

Account::Numbers Account::all() const {
    Account alone = *this;
    alone.unshare();
    return alone.own_;
}

}  // namespace turnpike::relay
