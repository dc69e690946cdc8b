// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/forwarder.hpp"

#include <algorithm>
#include <cassert>
#include <limits>

#include "protocol/message_builder.hpp"

namespace turnpike::relay {

using protocol::Endpoint;
using protocol::Family;
using protocol::Packet;
using protocol::Result;
using protocol::TimePoint;

namespace {

constexpr std::size_t length_field_max = std::numeric_limits<std::uint16_t>::max();

// What fits into one datagram: 65535 octets less the UDP header and, in IPv4, the IP header.
constexpr std::size_t udp_octets_max(Family family) noexcept {
    return family == Family::ipv4 ? 65507 : 65527;
}

// To a client the smaller of both, whatever its family: what the relay does to a payload must not
// depend on how its client happens to reach it.
constexpr std::size_t client_datagram_octets_max = 65507;

constexpr std::size_t attribute_header_octets = 4;
constexpr std::size_t icmp_octets = 8;

// A Data indication's header, XOR-PEER-ADDRESS, and the header of the attribute that follows: DATA
// or ICMP (RFC 8656 sections 11.3 and 11.5).
std::size_t indication_header_octets(const Endpoint& peer) noexcept {
    constexpr std::size_t family_and_port = 4;
    return protocol::header_octets + attribute_header_octets + family_and_port +
           peer.address.octets().size() + attribute_header_octets;
}

void pad(Packet& packet, std::size_t octets) noexcept {
    std::ranges::fill(packet.append(octets), std::byte{});
}

// RFC 8656 section 12.5. Padding is for streams alone and not counted in the length.
Result<void, Drop> frame_channel(Session& session, std::uint16_t channel, Packet& packet,
                                 TimePoint now) noexcept {
    const std::size_t payload = packet.size();
    const bool stream = is_stream(session.five_tuple().transport);
    const std::size_t framed = protocol::channel_header_octets + payload;
    if (payload > length_field_max) return Drop::too_big;
    if (!stream && framed > client_datagram_octets_max) return Drop::too_big;
    if (const auto charged = session.charge_from_peer(payload, now); !charged) return charged;
    if (stream) pad(packet, protocol::padded(payload) - payload);
    protocol::encode_channel_header(
        packet.prepend(protocol::channel_header_octets).first<protocol::channel_header_octets>(),
        channel, static_cast<std::uint16_t>(payload));
    return {};
}

// RFC 8656 section 11.3. DATA is padded on every transport, as any attribute is.
Result<void, Drop> frame_indication(Session& session, const Endpoint& peer, Packet& packet,
                                    TimePoint now) noexcept {
    const std::size_t payload = packet.size();
    const std::size_t header = indication_header_octets(peer);
    const std::size_t framed = header + protocol::padded(payload);
    if (framed - protocol::header_octets > length_field_max) return Drop::too_big;
    if (!is_stream(session.five_tuple().transport) && framed > client_datagram_octets_max) {
        return Drop::too_big;
    }
    if (const auto charged = session.charge_from_peer(payload, now); !charged) return charged;
    pad(packet, protocol::padded(payload) - payload);
    protocol::MessageBuilder builder{packet.prepend(header), protocol::MessageClass::indication,
                                     protocol::Method::data, session.next_transaction_id()};
    builder.xor_address(protocol::AttributeType::xor_peer_address, peer);
    builder.value_follows(protocol::AttributeType::data, payload);
    [[maybe_unused]] const auto written = builder.finish();
    assert(written.size() == header);
    return {};
}

// Whether the peer may be spoken with at all, in both directions alike. A channel is no permission:
// where the permission has expired, its channels are closed both ways (RFC 8656 section 12).
Result<void, Drop> admit(const Session& session, const Endpoint& peer, TimePoint now) noexcept {
    if (!session.relayed(peer.address.family())) return Drop::wrong_family;
    if (!session.permits(peer.address, now)) return Drop::no_permission;
    return {};
}

Result<PeerBound, Drop> forward_to_peer(Session& session, const Endpoint& peer,
                                        protocol::Bytes payload, TimePoint now) noexcept {
    if (const auto admitted = admit(session, peer, now); !admitted) return admitted.error();
    const Family family = peer.address.family();
    if (payload.size() > udp_octets_max(family)) return Drop::too_big;
    if (const auto charged = session.charge_to_peer(payload.size(), now); !charged) {
        return charged.error();
    }
    return PeerBound{.source = *session.relayed(family), .peer = peer, .payload = payload};
}

// What RFC 8656 section 11.5 passes on: destination unreachable and time exceeded, and of ICMPv6
// also packet too big.
bool clients_are_told(Family family, std::uint8_t type) noexcept {
    return family == Family::ipv4 ? type == 3 || type == 11 : type >= 1 && type <= 3;
}

// Only where a packet was too big does the error carry data: the next hop's MTU (section 18.13).
bool carries_mtu(Family family, const protocol::Icmp& icmp) noexcept {
    return family == Family::ipv4 ? icmp.type == 3 && icmp.code == 4 : icmp.type == 2;
}

}  // namespace

Result<PeerBound, Drop> forward_channel(Session& session, const protocol::ChannelData& data,
                                        TimePoint now) noexcept {
    if (session.ended(now)) return Drop::deadline;
    const Endpoint* const peer = session.peer_of(data.number, now);
    if (peer == nullptr) return Drop::no_channel;
    return forward_to_peer(session, *peer, data.payload, now);
}

Result<PeerBound, Drop> forward_send(Session& session, const Endpoint& peer, protocol::Bytes data,
                                     TimePoint now) noexcept {
    if (session.ended(now)) return Drop::deadline;
    return forward_to_peer(session, peer, data, now);
}

Result<void, Drop> forward_to_client(Session& session, const Endpoint& peer, Packet& packet,
                                     TimePoint now) noexcept {
    if (session.ended(now)) return Drop::deadline;
    if (const auto admitted = admit(session, peer, now); !admitted) return admitted;
    if (!session.has_client()) return Drop::client_away;
    if (const std::uint16_t channel = session.channel_of(peer, now); channel != 0) {
        return frame_channel(session, channel, packet, now);
    }
    return frame_indication(session, peer, packet, now);
}

Result<void, Drop> report_to_client(Session& session, const protocol::IcmpError& error,
                                    Packet& packet, TimePoint now) noexcept {
    assert(packet.size() == 0);
    const Family family = error.peer.address.family();
    if (session.ended(now)) return Drop::deadline;
    if (!clients_are_told(family, error.icmp.type)) return Drop::icmp_type;
    if (const auto admitted = admit(session, error.peer, now); !admitted) return admitted;
    if (!session.has_client()) return Drop::client_away;
    const std::size_t octets = indication_header_octets(error.peer) + icmp_octets;
    if (const auto charged = session.charge_error(octets, now); !charged) return charged;
    protocol::Icmp icmp = error.icmp;
    if (!carries_mtu(family, icmp)) icmp.data = 0;
    protocol::MessageBuilder builder{packet.prepend(octets), protocol::MessageClass::indication,
                                     protocol::Method::data, session.next_transaction_id()};
    builder.xor_address(protocol::AttributeType::xor_peer_address, error.peer);
    builder.icmp(icmp);
    [[maybe_unused]] const auto written = builder.finish();
    assert(written.size() == octets);
    return {};
}

}  // namespace turnpike::relay
