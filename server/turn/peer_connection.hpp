// SPDX-License-Identifier: BSD-3-Clause
//
// The peer data connections of one TCP allocation: which peer each leads to, how far it has come,
// and until when it may stay there (RFC 6062 sections 5.2 to 5.4). Owned by its Allocation.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <boost/container/flat_map.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "auth/peer_policy.hpp"
#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/turn/effect.hpp"

namespace turnpike::turn {

// Every one of a worker's peer data connections: ConnectionBind comes on a connection that has no
// allocation, and names only this.
using ConnectionIndex = boost::unordered_flat_map<ConnectionId, AllocationId>;

class PeerConnections {
public:
    enum class State : std::uint8_t {
        connecting,  // Connect came, and the peer has not answered it
        pending,     // open; waits for its ConnectionBind
        bound,       // carries data
    };

    // The index outlives it.
    PeerConnections(AllocationId allocation, ConnectionIndex* index) noexcept
        : allocation_{allocation}, index_{index} {}

    [[nodiscard]] bool leads_to(const protocol::Endpoint& peer) const noexcept;
    [[nodiscard]] std::optional<State> state_of(ConnectionId id) const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return open_.size(); }
    [[nodiscard]] std::vector<ConnectionId> ids() const;

    // A Connect is tried.
    void connect(ConnectionId id, const protocol::Endpoint& peer, protocol::TimePoint now);
    // The peer has answered it.
    void connected(ConnectionId id, protocol::TimePoint now);
    // The peer connected by itself.
    void accept(ConnectionId id, const protocol::Endpoint& peer, protocol::TimePoint now);
    void bind(ConnectionId id);
    void close(ConnectionId id, Effects& effects);
    // Those that did not come far enough in time.
    void on_time(protocol::TimePoint now, Effects& effects);
    // Those to peers of this family: its relayed address is given up (RFC 6062 section 5.5).
    void close(protocol::Family family, Effects& effects);

    // Those to peers that may be reached no more.
    void withdraw(const auth::PeerPolicy& policy, Effects& effects);

    [[nodiscard]] std::optional<protocol::TimePoint> next_deadline() const;

private:
    struct Connection {
        protocol::Endpoint peer;
        State state;
        protocol::TimePoint expires;  // counts until it is bound
    };
    using Open = boost::container::flat_map<ConnectionId, Connection>;

    void insert(ConnectionId id, const Connection& connection);
    Open::iterator erase(Open::iterator connection, Effects& effects);

    AllocationId allocation_;
    ConnectionIndex* index_;
    Open open_;
};

}  // namespace turnpike::turn
