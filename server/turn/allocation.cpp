// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/allocation.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace turnpike::turn {
namespace {

using protocol::Family;
using protocol::TimePoint;
using std::chrono::seconds;

constexpr std::array families{Family::ipv4, Family::ipv6};

}  // namespace

Allocation::Allocation(Opening opening, const Settings& settings, TimePoint now, Effects& effects)
    : seed_{std::move(opening.seed)},
      began_{now},
      lifetime_max_{settings.lifetime_max},
      session_limit_{settings.session_limit},
      mobility_{opening.client, seed_.has_ticket},
      permissions_{seed_.id},
      channels_{seed_.id},
      connections_{seed_.id, seed_.connections} {
    set_deadline();
    expires_.fill(expiry_for(seed_.lifetime, now));
    arm(effects);
}

Allocation::Allocation(AllocationState state, const Settings& settings, Effects& effects)
    : seed_{std::move(state.seed)},
      began_{state.began},
      lifetime_max_{settings.lifetime_max},
      session_limit_{settings.session_limit},
      mobility_{state.client, seed_.has_ticket, state.ticket_number},
      expires_{state.expires},
      permissions_{seed_.id},
      channels_{seed_.id},
      connections_{seed_.id, seed_.connections} {
    set_deadline();
    for (const auto& [allocation, route, expires] : state.routes) {
        if (route.channel == 0) {
            permissions_.install(route.peer.address, expires, effects);
        } else {
            channels_.bind(route.channel, route.peer, expires, effects);
        }
    }
    arm(effects);
}

// The grant's, or the one that every allocation has, whichever comes first.
void Allocation::set_deadline() {
    deadline_ = grant().deadline;
    deadline_by_ = grant().deadline_by;
    const seconds session = grant().session.value_or(session_limit_);
    if (session == seconds::zero()) return;
    const TimePoint limit = began_ + session;
    if (deadline_ && *deadline_ <= limit) return;
    deadline_ = limit;
    deadline_by_ = auth::Limit::session_time;
}

TimePoint Allocation::no_later_than_deadline(TimePoint when) const {
    return deadline_ ? std::min(when, *deadline_) : when;
}

void Allocation::amend(auth::Grant grant, TimePoint now, Effects& effects) {
    assert(!ended());
    grant.token = std::move(seed_.grant.token);
    seed_.grant = std::move(grant);
    if (seed_.grant.refusal) return end(EndReason::withdrawn, effects, seed_.grant.refusal);
    set_deadline();
    effects.emplace_back(
        AmendSession{id(), deadline_, seed_.grant.bytes, seed_.grant.bits_per_second});
    if (deadline_ && now >= *deadline_) return end(EndReason::deadline, effects, deadline_by_);
    arm(effects);
}

seconds Allocation::refresh(seconds requested, std::optional<Family> family, TimePoint now,
                            Effects& effects) {
    assert(!ended());
    if (requested == seconds::zero()) {
        if (family && holds_other_than(*family)) {
            close(*family, effects);
        } else {
            end(EndReason::deleted, effects);
        }
        return requested;
    }
    const TimePoint expires = expiry_for(requested, now);
    for (const Family each : families) {
        if (!family || *family == each) expires_[index_of(each)] = expires;
    }
    arm(effects);
    return std::chrono::floor<seconds>(no_later_than_deadline(expires) - now);
}

void Allocation::permit(std::span<const protocol::IpAddress> peers, TimePoint now,
                        Effects& effects) {
    assert(!ended());
    for (const protocol::IpAddress& peer : peers) {
        permissions_.install(peer, now + permission_lifetime, effects);
    }
    arm(effects);
}

void Allocation::bind(std::uint16_t channel, const protocol::Endpoint& peer, TimePoint now,
                      Effects& effects) {
    assert(!ended());
    permissions_.install(peer.address, now + permission_lifetime, effects);
    channels_.bind(channel, peer, now + channel_lifetime, effects);
    arm(effects);
}

void Allocation::move(const Mobility::Request& request, Effects& effects) {
    assert(!ended());
    mobility_.move(request);
    // No data of a TCP allocation comes by this connection: who asks from there is there.
    if (relays_tcp()) mobility_.arrive();
    effects.emplace_back(MoveClient{id(), place()});
}

void Allocation::arrive(Effects& effects) {
    assert(!ended());
    mobility_.arrive();
    effects.emplace_back(MoveClient{id(), place()});
}

void Allocation::lose(const protocol::FiveTuple& five_tuple, Effects& effects) {
    assert(!ended());
    mobility_.lose(five_tuple);
    if (!place().at && !mobility_.has_ticket()) return end(EndReason::disconnected, effects);
    effects.emplace_back(MoveClient{id(), place()});
}

void Allocation::connect(const PeerConnection& connection, TimePoint now, Effects& effects) {
    assert(!ended() && relays_tcp());
    connections_.connect(connection.connection, connection.peer, now);
    arm(effects);
}

void Allocation::connected(ConnectionId connection, TimePoint now, Effects& effects) {
    connections_.connected(connection, now);
    arm(effects);
}

void Allocation::accept(const PeerConnection& connection, TimePoint now, Effects& effects) {
    assert(!ended() && relays_tcp());
    connections_.accept(connection.connection, connection.peer, now);
    arm(effects);
}

void Allocation::bind(ConnectionId connection) {
    connections_.bind(connection);
}

void Allocation::close(ConnectionId connection, Effects& effects) {
    connections_.close(connection, effects);
}

void Allocation::withdraw(const auth::PeerPolicy& policy, Effects& effects) {
    permissions_.withdraw(policy, effects);
    channels_.withdraw(policy, effects);
    connections_.withdraw(policy, effects);
}

void Allocation::on_time(TimePoint now, Effects& effects) {
    if (ended() || now < armed_) return;
    if (deadline_ && now >= *deadline_) return end(EndReason::deadline, effects, deadline_by_);
    close_due(now, effects);
    if (ended()) return;
    permissions_.on_time(now, effects);
    channels_.on_time(now, effects);
    connections_.on_time(now, effects);
    armed_ = TimePoint::max();  // it has come, so there is none
    arm(effects);
}

void Allocation::end(EndReason reason, Effects& effects, std::optional<auth::Limit> limit) {
    assert(!ended());
    for (const Family family : families) {
        seed_.relayed[index_of(family)].reset();
        permissions_.forget(family);
        channels_.forget(family);
        connections_.close(family, effects);
    }
    state_ = State::ended;
    ended_by_ = limit;
    effects.emplace_back(EndAllocation{id(), reason, limit});
}

TimePoint Allocation::next_deadline() const {
    TimePoint soonest = deadline_.value_or(TimePoint::max());
    for (const Family family : families) {
        if (has_family(family)) soonest = std::min(soonest, expires_[index_of(family)]);
    }
    soonest = std::min(soonest, permissions_.next_deadline().value_or(soonest));
    soonest = std::min(soonest, connections_.next_deadline().value_or(soonest));
    return std::min(soonest, channels_.next_deadline().value_or(soonest));
}

const std::optional<protocol::Endpoint>& Allocation::relayed(Family family) const noexcept {
    return seed_.relayed[index_of(family)];
}

std::optional<protocol::ErrorCode> Allocation::family_error(Family family) const noexcept {
    return seed_.family_error[index_of(family)];
}

bool Allocation::belongs_to(const auth::Grant& other) const noexcept {
    if (grant().realm != other.realm) return false;
    if (grant().token || other.token) return grant().token && other.token;
    return grant().username == other.username;
}

seconds Allocation::lifetime_left(TimePoint now) const {
    TimePoint latest = now;
    for (const Family family : families) {
        if (has_family(family)) latest = std::max(latest, expires_[index_of(family)]);
    }
    return std::chrono::floor<seconds>(no_later_than_deadline(latest) - now);
}

Effects Allocation::routes() const {
    Effects installed;
    permissions_.append_routes(installed);
    channels_.append_routes(installed);
    return installed;
}

std::optional<AllocationState> Allocation::state() const {
    if (!place().at || ended()) return std::nullopt;
    // Who is on the move asked from there last.
    const protocol::FiveTuple& client = place().next ? *place().next : *place().at;
    if (relays_tcp() || client.transport != protocol::Transport::udp) return std::nullopt;
    AllocationState state{.seed = seed_,
                          .client = client,
                          .ticket_number = mobility_.ticket_number(),
                          .began = began_,
                          .expires = expires_,
                          .routes = {}};
    state.seed.connections = nullptr;
    for (const Effect& each : routes()) state.routes.push_back(std::get<InstallRoute>(each));
    return state;
}

// RFC 8656 section 7.2: not less than the default, not more than the server's maximum. The deadline
// ends it to the tick, though LIFETIME can only show whole seconds. RFC 7635 section 11: nor more
// than is left of the access token.
TimePoint Allocation::expiry_for(seconds requested, TimePoint now) const {
    const seconds granted = std::min(std::max(requested, lifetime_default), lifetime_max_);
    const TimePoint expires = now + granted;
    return grant().token ? std::min(expires, grant().token->until) : expires;
}

void Allocation::close(Family family, Effects& effects) {
    seed_.relayed[index_of(family)].reset();
    permissions_.forget(family);
    channels_.forget(family);
    connections_.close(family, effects);
    effects.emplace_back(CloseRelay{id(), family});
}

void Allocation::close_due(TimePoint now, Effects& effects) {
    const auto stays = [&](Family family) {
        return has_family(family) && now < expires_[index_of(family)];
    };
    if (std::ranges::none_of(families, stays)) return end(EndReason::expired, effects);
    for (const Family family : families) {
        if (has_family(family) && !stays(family)) close(family, effects);
    }
}

bool Allocation::holds_other_than(Family family) const noexcept {
    return std::ranges::any_of(families,
                               [&](Family each) { return each != family && has_family(each); });
}

void Allocation::arm(Effects& effects) {
    const TimePoint when = next_deadline();
    if (when >= armed_) return;
    armed_ = when;
    effects.emplace_back(SetDeadline{id(), when});
}

}  // namespace turnpike::turn
