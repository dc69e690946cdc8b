// SPDX-License-Identifier: BSD-3-Clause
//
// The relay of user space without its sockets: what a datagram meets in worker::DatagramService and
// worker::PacketRelay, over the same RouteTable and forwarder. Once as the oracle, which gets all
// datagrams; once behind the kernel's half, which gets what that passes up.
#pragma once

#include <optional>
#include <string>

#include "protocol/attributes.hpp"
#include "protocol/classify.hpp"
#include "protocol/message.hpp"
#include "server/relay/forwarder.hpp"
#include "server/relay/route_table.hpp"
#include "tests/support/route_model/addresses.hpp"

namespace turnpike::test::route_model {

// As it leaves this host.
struct Datagram {
    Endpoint source;
    Endpoint destination;
    Octets payload;
    std::uint8_t traffic_class = 0;
    bool operator==(const Datagram&) const = default;
};

struct Outcome {
    std::optional<Datagram> sent{};
    std::optional<relay::Drop> drop{};  // neither: it is no session's, or nothing that TURN knows
};

[[nodiscard]] inline std::string to_string(const Outcome& outcome) {
    if (outcome.drop) return "dropped, " + std::to_string(static_cast<int>(*outcome.drop));
    if (!outcome.sent) return "nobody's";
    return outcome.sent->source.to_string() + " > " + outcome.sent->destination.to_string() +
           " class " + std::to_string(outcome.sent->traffic_class) + ", " +
           std::to_string(outcome.sent->payload.size()) + " octets " +
           to_hex(protocol::Bytes{outcome.sent->payload}.first(
               std::min<std::size_t>(outcome.sent->payload.size(), 40)));
}

class UserSpace {
public:
    // `plain`: DSCP and ECN are cleared, not copied.
    explicit UserSpace(bool plain) : plain_{plain} {}

    [[nodiscard]] relay::RouteTable& routes() { return routes_; }

    [[nodiscard]] Outcome receive(Frame frame, TimePoint now) {
        if (plain_) frame.traffic_class = 0;
        if (frame.destination == server(frame.destination.address.family())) {
            return from_client(frame, now);
        }
        const Family family = frame.destination.address.family();
        relay::Session* session =
            routes_.find(Endpoint{advertised(family), frame.destination.port});
        if (session == nullptr) return {};
        return to_client(*session, {.source = frame.source, .payload = frame.payload},
                         frame.traffic_class, now);
    }

private:
    struct FromPeer {
        Endpoint source;
        protocol::Bytes payload;
    };

    [[nodiscard]] Outcome from_client(const Frame& frame, TimePoint now) {
        switch (protocol::classify(frame.payload, protocol::ChannelRange::rfc8656)) {
            case protocol::Kind::channel_data:
                return from_channel(frame, now);
            case protocol::Kind::stun:
                return from_send(frame, now);
            default:
                return {};
        }
    }

    [[nodiscard]] relay::Session* session_of(const Frame& frame) {
        return routes_.find(
            protocol::FiveTuple{.client = frame.source, .server = frame.destination});
    }

    [[nodiscard]] Outcome from_channel(const Frame& frame, TimePoint now) {
        const auto data = protocol::ChannelData::decode(frame.payload);
        if (!data) return {.drop = relay::Drop::malformed};
        relay::Session* session = session_of(frame);
        if (session == nullptr) return {.drop = relay::Drop::no_allocation};
        return to_peer(relay::forward_channel(*session, *data, now), frame, now);
    }

    [[nodiscard]] Outcome from_send(const Frame& frame, TimePoint now) {
        const auto message = protocol::Message::decode(frame.payload);
        if (!message || message->method() != protocol::Method::send) return {};
        const auto peer = protocol::xor_peer_address(*message);
        const auto data = protocol::data(*message);
        relay::Session* session = session_of(frame);
        if (session == nullptr || !peer || !data) return {};
        return to_peer(relay::forward_send(*session, *peer, *data, now), frame, now);
    }

    [[nodiscard]] Outcome to_peer(const protocol::Result<relay::PeerBound, relay::Drop>& forwarded,
                                  const Frame& frame, TimePoint now) {
        if (!forwarded) return {.drop = forwarded.error()};
        const relay::PeerBound& bound = *forwarded;
        if (!is_relay(bound.peer.address)) {
            return {.sent = Datagram{.source = as_local(bound.source),
                                     .destination = bound.peer,
                                     .payload = copy_of(bound.payload),
                                     .traffic_class = frame.traffic_class}};
        }
        relay::Session* session = routes_.find(bound.peer);
        if (session == nullptr) return {};
        return to_client(*session, {.source = bound.source, .payload = bound.payload},
                         frame.traffic_class, now);
    }

    [[nodiscard]] static Outcome to_client(relay::Session& session, const FromPeer& from,
                                           std::uint8_t traffic_class, TimePoint now) {
        Octets buffer(protocol::packet_headroom + from.payload.size() + protocol::packet_tailroom);
        std::ranges::copy(from.payload, buffer.begin() + protocol::packet_headroom);
        protocol::Packet packet{buffer, protocol::packet_headroom, from.payload.size()};
        const auto forwarded = relay::forward_to_client(session, from.source, packet, now);
        if (!forwarded) return {.drop = forwarded.error()};
        return {.sent = Datagram{.source = session.five_tuple().server,
                                 .destination = session.five_tuple().client,
                                 .payload = copy_of(packet.payload()),
                                 .traffic_class = traffic_class}};
    }

    bool plain_;
    relay::RouteTable routes_;
};

}  // namespace turnpike::test::route_model
