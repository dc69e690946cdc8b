// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/peer_connection.hpp"

#include <algorithm>
#include <cassert>
#include <iterator>

#include "server/turn/settings.hpp"

namespace turnpike::turn {

using protocol::Endpoint;
using protocol::TimePoint;

bool PeerConnections::leads_to(const Endpoint& peer) const noexcept {
    return std::ranges::any_of(open_, [&](const auto& entry) { return entry.second.peer == peer; });
}

std::optional<PeerConnections::State> PeerConnections::state_of(ConnectionId id) const noexcept {
    const auto entry = open_.find(id);
    if (entry == open_.end()) return std::nullopt;
    return entry->second.state;
}

std::vector<ConnectionId> PeerConnections::ids() const {
    std::vector<ConnectionId> found;
    for (const auto& [id, connection] : open_) found.push_back(id);
    return found;
}

void PeerConnections::connect(ConnectionId id, const Endpoint& peer, TimePoint now) {
    insert(id, {.peer = peer, .state = State::connecting, .expires = now + connect_timeout});
}

void PeerConnections::connected(ConnectionId id, TimePoint now) {
    Connection& connection = open_.at(id);
    assert(connection.state == State::connecting);
    connection.state = State::pending;
    connection.expires = now + connection_bind_timeout;
}

void PeerConnections::accept(ConnectionId id, const Endpoint& peer, TimePoint now) {
    insert(id, {.peer = peer, .state = State::pending, .expires = now + connection_bind_timeout});
}

void PeerConnections::bind(ConnectionId id) {
    Connection& connection = open_.at(id);
    assert(connection.state == State::pending);
    connection.state = State::bound;
    connection.expires = TimePoint::max();
}

void PeerConnections::close(ConnectionId id, Effects& effects) {
    if (const auto entry = open_.find(id); entry != open_.end()) erase(entry, effects);
}

void PeerConnections::on_time(TimePoint now, Effects& effects) {
    for (auto entry = open_.begin(); entry != open_.end();) {
        entry = now < entry->second.expires ? std::next(entry) : erase(entry, effects);
    }
}

void PeerConnections::close(protocol::Family family, Effects& effects) {
    for (auto entry = open_.begin(); entry != open_.end();) {
        const bool stays = entry->second.peer.address.family() != family;
        entry = stays ? std::next(entry) : erase(entry, effects);
    }
}

void PeerConnections::withdraw(const auth::PeerPolicy& policy, Effects& effects) {
    for (auto entry = open_.begin(); entry != open_.end();) {
        const bool stays = policy.permits_connection(entry->second.peer);
        entry = stays ? std::next(entry) : erase(entry, effects);
    }
}

std::optional<TimePoint> PeerConnections::next_deadline() const {
    const auto soonest =
        std::ranges::min_element(open_, {}, [](const auto& entry) { return entry.second.expires; });
    if (soonest == open_.end()) return std::nullopt;
    return soonest->second.expires;
}

void PeerConnections::insert(ConnectionId id, const Connection& connection) {
    assert(index_ != nullptr && !index_->contains(id));
    open_.emplace(id, connection);
    index_->emplace(id, allocation_);
}

PeerConnections::Open::iterator PeerConnections::erase(Open::iterator connection,
                                                       Effects& effects) {
    effects.emplace_back(ClosePeerConnection{allocation_, connection->first});
    index_->erase(connection->first);
    return open_.erase(connection);
}

}  // namespace turnpike::turn
