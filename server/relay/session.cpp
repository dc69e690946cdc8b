// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/session.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "protocol/writer.hpp"

namespace turnpike::relay {

using protocol::Endpoint;
using protocol::Family;
using protocol::TimePoint;

namespace {

// Of indications about ICMP errors: some 70 a second, and a few after silence.
constexpr std::uint64_t errors_bits_per_second = 32'000;

constexpr std::size_t index_of(Family family) noexcept {
    return family == Family::ipv4 ? 0 : 1;
}

}  // namespace

Session::Session(const SessionSeed& seed, TimePoint now) noexcept
    : id_{seed.id},
      deadline_{seed.limits.deadline.value_or(TimePoint::max())},
      five_tuple_{seed.five_tuple},
      relayed_{seed.relayed},
      user_{seed.user},
      call_{seed.call},
      heard_{seed.heard},
      account_{seed.limits, now},
      rate_of_errors_{errors_bits_per_second, now},
      random_{seed.random} {}

const std::optional<Endpoint>& Session::relayed(Family family) const noexcept {
    return relayed_[index_of(family)];
}

void Session::move(const std::optional<protocol::FiveTuple>& to) noexcept {
    has_client_ = to.has_value();
    if (to) five_tuple_ = *to;
}

void Session::install(const Endpoint& peer, std::uint16_t channel, TimePoint expires) {
    const Endpoint key{peer.address, channel == 0 ? std::uint16_t{0} : peer.port};
    const auto place = find(key);
    if (place != routes_.end() && place->channel == channel) {
        routes_.nth(routes_.index_of(place))->expires = expires;
        return;
    }
    // Number and peer are bound to each other alone: whatever either was bound to before is gone.
    if (place != routes_.end()) erase(place);
    if (channel != 0) {
        if (const auto number = find(channel); number != numbers_.end()) {
            erase(routes_.nth(number->place));
        }
    }
    insert({key, channel, expires});
}

void Session::remove(const Endpoint& peer, std::uint16_t channel) {
    const auto place = find({peer.address, channel == 0 ? std::uint16_t{0} : peer.port});
    if (place != routes_.end() && place->channel == channel) erase(place);
}

void Session::close_relayed(Family family) {
    relayed_[index_of(family)].reset();
    for (std::size_t index = routes_.size(); index-- > 0;) {
        if (routes_[index].peer.address.family() == family) erase(routes_.nth(index));
    }
}

bool Session::permits(const protocol::IpAddress& peer, TimePoint now) const noexcept {
    const auto permission = find(Endpoint{peer, 0});
    return permission != routes_.end() && now < permission->expires;
}

const Endpoint* Session::peer_of(std::uint16_t channel, TimePoint now) const noexcept {
    const auto number = find(channel);
    if (number == numbers_.end()) return nullptr;
    const Route& route = routes_[number->place];
    return now < route.expires ? &route.peer : nullptr;
}

std::uint16_t Session::channel_of(const Endpoint& peer, TimePoint now) const noexcept {
    const auto route = find(peer);
    return route != routes_.end() && now < route->expires ? route->channel : std::uint16_t{0};
}

SessionLimits Session::limits() const noexcept {
    SessionLimits limits = account_.limits();
    if (deadline_ != TimePoint::max()) limits.deadline = deadline_;
    return limits;
}

void Session::amend(const SessionLimits& limits) noexcept {
    deadline_ = limits.deadline.value_or(TimePoint::max());
    account_.amend(limits);
}

protocol::Result<void, Drop> Session::charge_to_peer(std::size_t octets, TimePoint now) noexcept {
    return charge(Way::to_peer, octets, now);
}

protocol::Result<void, Drop> Session::charge_from_peer(std::size_t octets, TimePoint now) noexcept {
    return charge(Way::from_peer, octets, now);
}

protocol::Result<void, Drop> Session::charge(Way way, std::size_t octets, TimePoint now) noexcept {
    if (const auto drop = against(way, octets, now)) {
        if (*drop == Drop::bytes) note_exhaustion(octets);
        return *drop;
    }
    use_up(way, octets, now);
    account_.note(way, octets, now);
    if (call_ != nullptr) call_->note_media(now);
    if (way == Way::to_peer) hear(now);
    return {};
}

// Every limit is asked before any is charged, so that what is dropped costs nothing.
std::optional<Drop> Session::against(Way way, std::size_t octets, TimePoint now) const noexcept {
    if (octets > bytes_left()) return Drop::bytes;
    if (!account_.has_rate(way, now)) return Drop::bandwidth;
    if (user_ != nullptr && !user_->has_rate(way, now)) return Drop::bandwidth;
    if (call_ != nullptr && !call_->has_rate(way, now)) return Drop::bandwidth;
    return std::nullopt;
}

void Session::use_up(Way way, std::size_t octets, TimePoint now) noexcept {
    account_.use_up(way, octets, now);
    if (user_ != nullptr) user_->charge(way, octets, now);
    if (call_ != nullptr) call_->charge(way, octets, now);
}

void Session::note_exhaustion(std::size_t octets) noexcept {
    if (call_ != nullptr && octets > call_->bytes_left()) call_->note_exhaustion();
}

std::uint64_t Session::bytes_left() const noexcept {
    std::uint64_t left = account_.bytes_left();
    if (user_ != nullptr) left = std::min(left, user_->bytes_left());
    if (call_ != nullptr) left = std::min(left, call_->bytes_left());
    return left;
}

protocol::Result<void, Drop> Session::charge_error(std::size_t octets, TimePoint now) noexcept {
    if (octets > bytes_left()) return Drop::bytes;
    if (!rate_of_errors_.take(octets, now)) return Drop::bandwidth;
    if (const auto drop = against(Way::from_peer, octets, now)) return *drop;
    use_up(Way::from_peer, octets, now);
    return {};
}

Session::Allowance Session::allowance_to_peer(TimePoint now) const noexcept {
    return allowance(Way::to_peer, now);
}

Session::Allowance Session::allowance_from_peer(TimePoint now) const noexcept {
    return allowance(Way::from_peer, now);
}

// What the strictest of them leaves. Where one has no room, it says when to ask again.
Session::Allowance Session::allowance(Way way, TimePoint now) const noexcept {
    const std::uint64_t left = bytes_left();
    if (ended(now) || left == 0) return {};
    RateLimiter::Room room = account_.room(way, now);
    for (const SharedLimits* shared : {user_, call_}) {
        if (shared == nullptr) continue;
        const RateLimiter::Room other = shared->room(way, now);
        room.again = std::max(room.again, other.again);
        room.octets = std::min(room.octets, other.octets);
    }
    return {.octets = static_cast<std::size_t>(std::min(room.octets, left)), .again = room.again};
}

protocol::TransactionId Session::next_transaction_id() noexcept {
    protocol::TransactionId id;
    protocol::Writer writer{id.octets};
    writer.integer(next_random());
    writer.integer(static_cast<std::uint32_t>(next_random()));
    return id;
}

// SplitMix64: one addition of state, a full period from any seed.
std::uint64_t Session::next_random() noexcept {
    random_ += 0x9E3779B97F4A7C15;
    std::uint64_t mixed = random_;
    mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31U);
}

Session::Routes::const_iterator Session::find(const Endpoint& peer) const noexcept {
    const auto place = std::ranges::lower_bound(routes_, peer, {}, &Route::peer);
    return place != routes_.end() && place->peer == peer ? place : routes_.end();
}

Session::Numbers::const_iterator Session::find(std::uint16_t channel) const noexcept {
    const auto place = std::ranges::lower_bound(numbers_, channel, {}, &Number::number);
    return place != numbers_.end() && place->number == channel ? place : numbers_.end();
}

void Session::insert(const Route& route) {
    assert(routes_.size() < std::numeric_limits<std::uint16_t>::max());
    const auto where = std::ranges::lower_bound(routes_, route.peer, {}, &Route::peer);
    const auto place = static_cast<std::uint16_t>(where - routes_.begin());
    routes_.insert(where, route);
    for (Number& number : numbers_) {
        if (number.place >= place) ++number.place;
    }
    if (route.channel == 0) return;
    numbers_.insert(std::ranges::lower_bound(numbers_, route.channel, {}, &Number::number),
                    Number{route.channel, place});
}

void Session::erase(Routes::const_iterator route) {
    const auto place = static_cast<std::uint16_t>(routes_.index_of(route));
    if (route->channel != 0) numbers_.erase(find(route->channel));
    routes_.erase(route);
    for (Number& number : numbers_) {
        if (number.place > place) --number.place;
    }
}

}  // namespace turnpike::relay
