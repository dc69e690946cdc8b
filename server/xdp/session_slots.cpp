// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/session_slots.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cassert>
#include <limits>

#include "server/xdp/monotonic.hpp"

namespace turnpike::xdp {

using protocol::TimePoint;

namespace {

constexpr std::uint64_t unlimited = std::numeric_limits<std::uint64_t>::max();

void store(__u64& number, std::uint64_t value) noexcept {
    std::atomic_ref{number}.store(value, std::memory_order_relaxed);
}

std::uint64_t load(__u64& number) noexcept {
    return std::atomic_ref{number}.load(std::memory_order_relaxed);
}

void limit(SessionSlot& slot, const relay::SessionLimits& limits) noexcept {
    store(slot.deadline_ns, limits.deadline ? monotonic_ns(*limits.deadline) : unlimited);
    store(slot.octets_max, limits.bytes == 0 ? unlimited : limits.bytes);
    store(slot.bits_per_second, limits.bits_per_second);
}

relay::Traffic traffic(WayOfSession& way) noexcept {
    return {.packets = load(way.packets), .bytes = load(way.octets) & ~TURNPIKE_WAY_CLOSED};
}

bool is_closed(SessionSlot& slot) noexcept {
    return (load(slot.ways[way_to_peer].octets) & TURNPIKE_WAY_CLOSED) != 0;
}

std::optional<TimePoint> moment(std::uint64_t monotonic_ns) noexcept {
    return monotonic_ns == 0 ? std::nullopt : std::optional{time_point(monotonic_ns)};
}

}  // namespace

SessionSlots::SessionSlots(std::span<SessionSlot> own, std::uint32_t first)
    : own_{own}, first_{first}, waiting_(own.size()) {
    for (std::size_t index = 0; index < own.size(); ++index) {
        waiting_[index] = load(own[index].allocation) != 0;
        if (waiting_[index]) {
            ++waiting_count_;
        } else {
            free_.push_back(first + static_cast<std::uint32_t>(index));
        }
    }
}

SessionSlot& SessionSlots::at(std::uint32_t slot) const noexcept {
    assert(slot >= first_ && slot - first_ < own_.size());
    return own_[slot - first_];
}

std::optional<std::uint32_t> SessionSlots::open(const SlotSeed& seed) noexcept {
    if (free_.empty()) return std::nullopt;
    const std::uint32_t number = free_.front();
    free_.pop_front();
    SessionSlot& slot = at(number);
    write(slot, seed);
    store(slot.octets_elsewhere, 0);
    for (__u64* const media :
         {&slot.first_media_ns, &slot.next_media_second_ns, &slot.media_seconds}) {
        store(*media, 0);
    }
    for (WayOfSession& way : slot.ways) {
        for (__u64* const each : {&way.packets, &way.full_ns, &way.last_media_ns, &way.octets}) {
            store(*each, 0);
        }
    }
    // Last: no packet takes the slot for this allocation's before.
    std::atomic_ref{slot.allocation}.store(static_cast<std::uint64_t>(seed.allocation),
                                           std::memory_order_release);
    return number;
}

void SessionSlots::write(SessionSlot& slot, const SlotSeed& seed) const noexcept {
    limit(slot, seed.limits);
    store(slot.expires_ns, monotonic_ns(seed.expires));
    std::atomic_ref{slot.pools[0]}.store(seed.user_pool, std::memory_order_relaxed);
    std::atomic_ref{slot.pools[1]}.store(seed.call_pool, std::memory_order_relaxed);
}

bool SessionSlots::adopt(std::uint32_t number, const SlotSeed& seed) noexcept {
    if (number < first_ || number - first_ >= own_.size()) return false;
    SessionSlot& slot = at(number);
    if (!waiting_[number - first_] || is_closed(slot) ||
        load(slot.allocation) != static_cast<std::uint64_t>(seed.allocation)) {
        return false;
    }
    waiting_[number - first_] = false;
    --waiting_count_;
    write(slot, seed);
    return true;
}

std::vector<SessionSlots::Unclaimed> SessionSlots::release_unclaimed() {
    std::vector<Unclaimed> unclaimed;
    for (std::size_t index = 0; index < own_.size() && waiting_count_ > 0; ++index) {
        if (!waiting_[index]) continue;
        waiting_[index] = false;
        --waiting_count_;
        const std::uint32_t number = first_ + static_cast<std::uint32_t>(index);
        SessionSlot& slot = at(number);
        if (!is_closed(slot)) {
            const protocol::AllocationId allocation{load(slot.allocation)};
            unclaimed.push_back({.allocation = allocation, .usage = close(number)});
        }
        release(number);
    }
    return unclaimed;
}

void SessionSlots::amend(std::uint32_t slot, const relay::SessionLimits& limits) noexcept {
    limit(at(slot), limits);
}

void SessionSlots::extend(std::uint32_t slot, TimePoint expires) noexcept {
    store(at(slot).expires_ns, monotonic_ns(expires));
}

void SessionSlots::set_used_elsewhere(std::uint32_t slot, std::uint64_t octets) noexcept {
    store(at(slot).octets_elsewhere, octets);
}

Usage SessionSlots::usage(std::uint32_t number) const noexcept {
    SessionSlot& slot = at(number);
    WayOfSession& to_peer = slot.ways[way_to_peer];
    WayOfSession& from_peer = slot.ways[way_from_peer];
    const std::uint64_t heard = load(to_peer.last_media_ns);
    return {.to_peer = traffic(to_peer),
            .from_peer = traffic(from_peer),
            .first_media = moment(load(slot.first_media_ns)),
            .last_media = moment(std::max(heard, load(from_peer.last_media_ns))),
            .heard = moment(heard),
            .media_seconds = load(slot.media_seconds)};
}

Usage SessionSlots::close(std::uint32_t number) noexcept {
    std::array<std::uint64_t, way_count> octets{};
    for (std::size_t way = 0; way < octets.size(); ++way) {
        octets[way] = std::atomic_ref{at(number).ways[way].octets}.fetch_or(
            TURNPIKE_WAY_CLOSED, std::memory_order_relaxed);
    }
    Usage final = usage(number);
    final.to_peer.bytes = octets[way_to_peer] & ~TURNPIKE_WAY_CLOSED;
    final.from_peer.bytes = octets[way_from_peer] & ~TURNPIKE_WAY_CLOSED;
    return final;
}

void SessionSlots::release(std::uint32_t number) noexcept {
    store(at(number).allocation, 0);
    close(number);
    free_.push_back(number);
}

}  // namespace turnpike::xdp
