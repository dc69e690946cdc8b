// SPDX-License-Identifier: BSD-3-Clause
//
// Stands where a worker stands: opens relays, carries out effects in order, and remembers what it
// holds by them. What it holds must equal what the rules believe, after every step: that comparison
// is the invariant that the scenarios and the random walk check.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "auth/peer_policy.hpp"
#include "server/turn/allocation_table.hpp"
#include "server/turn/effect.hpp"
#include "server/turn/outcome.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::support {

using protocol::AllocationId;
using protocol::ConnectionId;
using protocol::Endpoint;
using protocol::ErrorCode;
using protocol::Family;
using protocol::TimePoint;

// What one allocation costs: its relayed addresses, its routes with their expiry, its user's quota.
struct Holding {
    std::string username;
    turn::Place place;  // of the client
    bool tcp = false;
    std::map<ConnectionId, turn::PeerConnections::State> connections;  // to peers
    std::array<std::optional<Endpoint>, 2> relayed;
    std::map<std::pair<Endpoint, std::uint16_t>, TimePoint> routes;  // by peer and channel
    bool operator==(const Holding&) const = default;
};
using Holdings = std::map<AllocationId, Holding>;

[[nodiscard]] inline Holdings holdings_of(const turn::AllocationTable& table) {
    Holdings truth;
    for (const AllocationId id : table.ids()) {
        const turn::Allocation& allocation = *table.find(id);
        Holding& holding = truth[id];
        holding.username = allocation.grant().username;
        holding.place = allocation.place();
        holding.tcp = allocation.relays_tcp();
        holding.relayed = {allocation.relayed(Family::ipv4), allocation.relayed(Family::ipv6)};
        for (const turn::Effect& effect : allocation.routes()) {
            const auto& install = std::get<turn::InstallRoute>(effect);
            holding.routes[{install.route.peer, install.route.channel}] = install.expires;
        }
        for (const ConnectionId connection : allocation.connections().ids()) {
            holding.connections[connection] = *allocation.connections().state_of(connection);
        }
    }
    return truth;
}

class FakeWorker final : public auth::LiveRelays {
public:
    // Faults that a test sets.
    std::optional<ErrorCode> refuses_to_open;
    std::array<bool, 2> out_of_ports{};  // by family

    static constexpr std::array addresses{"203.0.113.5", "2001:db8:5::5"};

    [[nodiscard]] turn::OpenedRelay open(const turn::OpenRelay& wish,
                                         const protocol::FiveTuple& client) {
        const auto& grant = wish.identity.grant;
        turn::OpenedRelay opened;
        opened.allocation = AllocationId{++last_id_};
        if (refuses_to_open) {
            opened.error = refuses_to_open;
        } else if (grant.allocations != 0 && allocations_of(grant.username) >= grant.allocations) {
            opened.error = ErrorCode::allocation_quota_reached;
        } else if (wish.reservation) {
            redeem({*wish.reservation, grant.username}, opened);
        } else {
            take_ports(wish, opened);
        }
        if (!opened.error) {
            Holding& holding = held_[opened.allocation];
            holding.username = grant.username;
            holding.place = {client, {}};
            holding.relayed = opened.relayed;
            holding.tcp = wish.transport == protocol::Transport::tcp;
        }
        return opened;
    }

    void carry_out(const turn::Effects& effects) {
        for (const turn::Effect& effect : effects) {
            std::visit([this](const auto& each) { carry_out(each); }, effect);
        }
    }

    [[nodiscard]] const Holdings& held() const { return held_; }
    [[nodiscard]] std::size_t allocations_of(const std::string& username) const {
        return static_cast<std::size_t>(std::ranges::count_if(
            held_, [&](const auto& entry) { return entry.second.username == username; }));
    }
    [[nodiscard]] std::optional<turn::EndReason> end_of(AllocationId id) const {
        const auto entry = ended_.find(id);
        return entry == ended_.end() ? std::nullopt : std::optional{entry->second};
    }
    [[nodiscard]] AllocationId last_opened() const { return AllocationId{last_id_}; }
    [[nodiscard]] const std::map<AllocationId, TimePoint>& deadlines() const { return deadlines_; }

    // TCP relays: names its connections, and remembers who waits for an answer.
    [[nodiscard]] turn::PeerConnection name(AllocationId allocation, const Endpoint& peer) {
        return {allocation, ConnectionId{++last_connection_}, peer};
    }
    void connecting(const turn::PeerConnection& connection, const turn::AwaitedConnect& awaited) {
        is(connection, turn::PeerConnections::State::connecting);
        awaited_.emplace(connection.connection, awaited);
    }
    void is(const turn::PeerConnection& connection, turn::PeerConnections::State state) {
        held_.at(connection.allocation).connections[connection.connection] = state;
    }
    // Nothing where nobody waits for it, or not any more.
    [[nodiscard]] std::optional<turn::AwaitedConnect> settle(ConnectionId connection) {
        const auto entry = awaited_.find(connection);
        if (entry == awaited_.end()) return std::nullopt;
        const turn::AwaitedConnect awaited = entry->second;
        awaited_.erase(entry);
        return awaited;
    }
    // Connects whose connection was closed: each is owed a 447.
    std::vector<turn::AwaitedConnect> failed;

    [[nodiscard]] bool contains(const Endpoint& relayed) const noexcept override {
        return relays(relayed, false);
    }
    [[nodiscard]] bool listens(const Endpoint& relayed) const noexcept override {
        return relays(relayed, true);
    }

private:
    [[nodiscard]] bool relays(const Endpoint& relayed, bool tcp) const noexcept {
        return std::ranges::any_of(held_, [&](const auto& entry) {
            return entry.second.tcp == tcp &&
                   std::ranges::find(entry.second.relayed, std::optional{relayed}) !=
                       entry.second.relayed.end();
        });
    }

    void take_ports(const turn::OpenRelay& wish, turn::OpenedRelay& opened) {
        bool any = false;
        for (std::size_t index = 0; index < 2; ++index) {
            if (!wish.families[index]) continue;
            if (out_of_ports[index]) {
                opened.family_error[index] = ErrorCode::insufficient_capacity;
                if (!wish.additional) opened.error = ErrorCode::insufficient_capacity;
                continue;
            }
            next_port_ = static_cast<std::uint16_t>(next_port_ + 2);
            opened.relayed[index] =
                Endpoint{*protocol::IpAddress::parse(addresses[index]), next_port_};
            any = true;
        }
        if (!any) opened.error = ErrorCode::insufficient_capacity;
        if (opened.error || !wish.reserve_next) return;
        const std::size_t family = opened.relayed[0] ? 0 : 1;
        opened.reservation = 0xA0B0C0D000000000U + ++last_token_;
        Endpoint next = *opened.relayed[family];
        ++next.port;
        reserved_[{*opened.reservation, wish.identity.grant.username}] = next;
    }

    using Claim = std::pair<std::uint64_t, std::string>;  // token and user

    void redeem(const Claim& claim, turn::OpenedRelay& opened) {
        const auto entry = reserved_.find(claim);
        if (entry == reserved_.end()) {
            opened.error = ErrorCode::insufficient_capacity;
            return;
        }
        opened.relayed[turn::index_of(entry->second.address.family())] = entry->second;
        reserved_.erase(entry);
    }

    void carry_out(const turn::InstallRoute& install) {
        Holding& holding = held_.at(install.allocation);
        REQUIRE(holding.relayed[turn::index_of(install.route.peer.address.family())]);
        holding.routes[{install.route.peer, install.route.channel}] = install.expires;
    }
    void carry_out(const turn::RemoveRoute& remove) {
        REQUIRE(
            held_.at(remove.allocation).routes.erase({remove.route.peer, remove.route.channel}) ==
            1);
    }
    void carry_out(const turn::CloseRelay& close) {
        Holding& holding = held_.at(close.allocation);
        REQUIRE(holding.relayed[turn::index_of(close.family)]);
        holding.relayed[turn::index_of(close.family)].reset();
        std::erase_if(holding.routes, [&](const auto& route) {
            return route.first.first.address.family() == close.family;
        });
    }
    void carry_out(const turn::ClosePeerConnection& close) {
        REQUIRE(held_.at(close.allocation).connections.erase(close.connection) == 1);
        if (const auto awaited = settle(close.connection)) failed.push_back(*awaited);
    }
    void carry_out(const turn::EndAllocation& end) {
        REQUIRE(held_.at(end.allocation).connections.empty());
        REQUIRE(held_.erase(end.allocation) == 1);
        deadlines_.erase(end.allocation);
        ended_.insert_or_assign(end.allocation, end.reason);
    }
    void carry_out(const turn::MoveClient& move) { held_.at(move.allocation).place = move.place; }
    void carry_out(const turn::AmendSession& amend) { REQUIRE(held_.contains(amend.allocation)); }
    void carry_out(const turn::SetDeadline& set) {
        REQUIRE(held_.contains(set.allocation));
        deadlines_.insert_or_assign(set.allocation, set.when);
    }

    Holdings held_;
    std::map<AllocationId, turn::EndReason> ended_;
    std::map<AllocationId, TimePoint> deadlines_;
    std::map<Claim, Endpoint> reserved_;
    std::map<ConnectionId, turn::AwaitedConnect> awaited_;
    std::uint32_t last_connection_ = 0;
    std::uint64_t last_id_ = 0;
    std::uint64_t last_token_ = 0;
    std::uint16_t next_port_ = 49150;
};

}  // namespace turnpike::support
