// SPDX-License-Identifier: BSD-3-Clause
//
// One route of the kernel's as user space speaks of it: how a packet is found and what is written
// onto it. A bound channel is two of them. Plain values; nothing here touches the kernel.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/address.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/time.hpp"
#include "server/xdp/route_abi.h"

namespace turnpike::xdp {

struct Route {
    // Found by, as it stands in the packet.
    protocol::Endpoint remote;
    protocol::Endpoint local;
    std::uint16_t channel = 0;  // 0: from a peer
    // Written.
    protocol::Endpoint source;
    protocol::Endpoint destination;
    std::uint16_t channel_written = 0;  // 0: the payload goes bare

    protocol::TimePoint expires{};
    protocol::AllocationId allocation{};
    std::uint32_t session = 0;     // its slot
    std::uint32_t hop = 0;         // of the way to `destination`
    std::uint32_t flow_label = 0;  // IPv6; 0: none
    std::uint16_t mtu = 0;         // of the path, where it is less than the hop's
    bool hairpin = false;          // what is written is what another route is found by
    bool plain = false;            // DSCP and ECN are cleared, not copied
};

[[nodiscard]] RouteKey key_of(const Route& route) noexcept;
[[nodiscard]] RouteEntry entry_of(const Route& route) noexcept;

// A channel of a client on UDP, with all that its two routes need.
struct BoundChannel {
    protocol::Endpoint client;
    protocol::Endpoint server;   // as the client's datagrams arrive: with 1:1 NAT the inner address
    protocol::Endpoint relayed;  // as peers see it
    protocol::Endpoint relayed_inner;  // as their datagrams arrive; without NAT the same
    protocol::Endpoint peer;
    // Where the peer is another relayed address of this server: as datagrams for it would arrive.
    std::optional<protocol::Endpoint> peer_inner;
    std::uint16_t number = 0;

    protocol::TimePoint expires{};  // the channel's or the permission's end, whichever comes first
    protocol::AllocationId allocation{};
    std::uint32_t session = 0;
    std::uint32_t hop_to_peer = 0;  // of no interest where peer_inner is set
    std::uint32_t hop_to_client = 0;
    std::uint16_t mtu_to_peer = 0;
    std::uint16_t mtu_to_client = 0;
    bool plain = false;  // DSCP and ECN are cleared, not copied
};

[[nodiscard]] Route route_to_peer(const BoundChannel& bound) noexcept;
[[nodiscard]] Route route_to_client(const BoundChannel& bound) noexcept;

}  // namespace turnpike::xdp
