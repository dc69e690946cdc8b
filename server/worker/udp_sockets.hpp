// SPDX-License-Identifier: BSD-3-Clause
//
// The UDP listeners of one worker by where they are bound: how an answer leaves from an endpoint
// that its request did not come to. Every worker has one on each endpoint. Owned by one worker;
// the sockets are DatagramService's.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "protocol/address.hpp"
#include "server/worker/client_link.hpp"

namespace turnpike::worker {

class UdpSockets {
public:
    void add(const protocol::Endpoint& bound, int socket) { sockets_.push_back({bound, socket}); }
    void clear() { sockets_.clear(); }

    // The way from this server's endpoint to a client: through the socket that is bound there, or
    // else to the wildcard address. None where there is neither.
    [[nodiscard]] std::optional<ClientLink> link(const protocol::Endpoint& server,
                                                 const protocol::Endpoint& client) const {
        const auto exact = std::ranges::find(sockets_, server, &Socket::bound);
        if (exact != sockets_.end()) {
            return ClientLink{.socket = exact->descriptor, .client = client, .source = {}};
        }
        const auto wildcard = std::ranges::find_if(sockets_, [&](const Socket& each) {
            return each.bound.address.is_unspecified() && each.bound.port == server.port &&
                   each.bound.address.family() == server.address.family();
        });
        if (wildcard == sockets_.end()) return std::nullopt;
        return ClientLink{
            .socket = wildcard->descriptor, .client = client, .source = server.address};
    }

private:
    struct Socket {
        protocol::Endpoint bound;
        int descriptor = -1;
    };
    std::vector<Socket> sockets_;
};

}  // namespace turnpike::worker
