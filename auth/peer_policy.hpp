// SPDX-License-Identifier: BSD-3-Clause
//
// The single gate: may the relay speak to this peer? Asked by CreatePermission, ChannelBind,
// Connect, every Send and every connection of a peer. Immutable after construction; every worker
// reads one instance.
//
// Order: what is never a peer (multicast, broadcast, unspecified, Teredo, 6to4), live relayed
// addresses of ours (which is how two clients of this server talk), the allow list, the deny list,
// and then our own addresses and what is not public: of IPv4 the ranges of a built-in list, of IPv6
// all but global unicast, and some of that. An IPv4 address inside IPv4-mapped, IPv4-compatible or
// NAT64 is judged as itself too; those are refused anyway unless the allow list names them.
#pragma once

#include <vector>

#include "protocol/address.hpp"
#include "protocol/subnet.hpp"

namespace turnpike::auth {

struct PeerPolicySettings {
    std::vector<protocol::Subnet> allow = {};  // wins over deny and the built-in list
    std::vector<protocol::Subnet> deny = {};
    // Addresses of this host: listening, interface and external ones.
    std::vector<protocol::IpAddress> own = {};
    // Those of them that carry relayed addresses as clients see them.
    std::vector<protocol::IpAddress> relayed = {};
};

// Which relayed addresses live right now, on any worker. Thread-safe.
class LiveRelays {
public:
    virtual ~LiveRelays() = default;
    [[nodiscard]] virtual bool contains(const protocol::Endpoint& relayed) const noexcept = 0;
    // ... of TCP allocations, which listen there (RFC 6062).
    [[nodiscard]] virtual bool listens(const protocol::Endpoint& relayed) const noexcept = 0;
};

class PeerPolicy {
public:
    PeerPolicy(PeerPolicySettings settings, const LiveRelays& live);

    // CreatePermission names an address and no port (RFC 8656 section 9), so for our own relayed
    // addresses the port is judged later, by the other form.
    [[nodiscard]] bool permits(const protocol::IpAddress& peer) const noexcept;
    // ChannelBind, and each packet: port 0 is never a peer.
    [[nodiscard]] bool permits(const protocol::Endpoint& peer) const noexcept;

    // A TCP connection, to the peer or from it. On the addresses that carry our relays only TCP
    // relays are peers, whatever the configuration allows: never a listener of our own.
    [[nodiscard]] bool permits_connection(const protocol::Endpoint& peer) const noexcept;

    // Whether allocations may be made from there. Not out of a tunnel between IPv4 and IPv6, whose
    // end could be made a peer (RFC 8656 section 21.4).
    [[nodiscard]] bool serves(const protocol::IpAddress& client) const noexcept;

private:
    [[nodiscard]] bool judge(const protocol::IpAddress& peer, bool allowed,
                             bool denied) const noexcept;
    [[nodiscard]] bool judge_hidden(const protocol::IpAddress& hidden) const noexcept;
    [[nodiscard]] bool is_private(const protocol::IpAddress& peer) const noexcept;

    PeerPolicySettings settings_;
    const LiveRelays& live_;
    // Parsed from the built-in tables once.
    std::vector<protocol::Subnet> never_;
    std::vector<protocol::Subnet> tunnels_;
    protocol::Subnet global_unicast_;
    std::vector<protocol::Subnet> non_public_;
    std::vector<protocol::Subnet> disguised_;
};

}  // namespace turnpike::auth
