// SPDX-License-Identifier: BSD-3-Clause
//
// The decision for one packet, each way: dropped with a reason, or where it goes with its payload
// in place. Pure and allocation-free. The caller moves bytes and counts drops; sessions count
// traffic.
#pragma once

#include <cstdint>

#include "protocol/address.hpp"
#include "protocol/attributes.hpp"
#include "protocol/bytes.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/packet.hpp"
#include "protocol/result.hpp"
#include "protocol/time.hpp"
#include "server/relay/drop.hpp"
#include "server/relay/session.hpp"

namespace turnpike::relay {

// A payload on its way to a peer, from the relayed address `source`.
struct PeerBound {
    protocol::Endpoint source;
    protocol::Endpoint peer;
    protocol::Bytes payload;
    std::uint8_t traffic_class = 0;  // DSCP and ECN as the client's datagram had them
};

// ChannelData from a client (RFC 8656 section 12.6).
[[nodiscard]] protocol::Result<PeerBound, Drop> forward_channel(Session& session,
                                                                const protocol::ChannelData& data,
                                                                protocol::TimePoint now) noexcept;

// A Send indication from a client (section 11.2).
[[nodiscard]] protocol::Result<PeerBound, Drop> forward_send(Session& session,
                                                             const protocol::Endpoint& peer,
                                                             protocol::Bytes data,
                                                             protocol::TimePoint now) noexcept;

// A datagram from a peer, or from another relay of this server, to the client: `packet` holds the
// payload and becomes ChannelData or a Data indication, padded where the client is on a stream
// (sections 11.3 and 12.5). The packet needs packet_headroom and packet_tailroom; it is unchanged
// where it is dropped.
[[nodiscard]] protocol::Result<void, Drop> forward_to_client(Session& session,
                                                             const protocol::Endpoint& peer,
                                                             protocol::Packet& packet,
                                                             protocol::TimePoint now) noexcept;

// An ICMP error about a datagram that the relay sent: `packet`, empty, becomes the Data indication
// that tells the client, on a channel's peer too (sections 11.5 and 12.5). Who sent the error says
// nothing; the permission is that of the peer which the datagram was for.
[[nodiscard]] protocol::Result<void, Drop> report_to_client(Session& session,
                                                            const protocol::IcmpError& error,
                                                            protocol::Packet& packet,
                                                            protocol::TimePoint now) noexcept;

}  // namespace turnpike::relay
