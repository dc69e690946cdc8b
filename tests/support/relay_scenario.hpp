// SPDX-License-Identifier: BSD-3-Clause
//
// One session with a virtual clock, spoken to as its worker does, in words that read aloud.
#pragma once

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>

#include "protocol/channel_data.hpp"
#include "server/relay/forwarder.hpp"
#include "server/relay/session.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::test {

[[nodiscard]] inline protocol::Endpoint endpoint(std::string_view text) {
    return protocol::Endpoint::parse(text).value();
}

// What a client reads, or a peer: the octets, or why there are none.
using Delivered = protocol::Result<Octets, relay::Drop>;

struct RelayScenario {
    protocol::TimePoint now{std::chrono::hours{1}};
    relay::Session session;

    explicit RelayScenario(const relay::SessionSeed& seed = udp_client()) : session{seed, now} {}

    [[nodiscard]] static relay::SessionSeed udp_client() {
        relay::SessionSeed seed;
        seed.id = protocol::AllocationId{7};
        seed.five_tuple = {endpoint("203.0.113.9:40000"), endpoint("192.0.2.1:3478"),
                           protocol::Transport::udp};
        seed.relayed = {endpoint("192.0.2.1:50000"), endpoint("[2001:db8::1]:50000")};
        seed.random = 42;
        return seed;
    }
    [[nodiscard]] static relay::SessionSeed client_over(protocol::Transport transport) {
        relay::SessionSeed seed = udp_client();
        seed.five_tuple.transport = transport;
        return seed;
    }
    [[nodiscard]] static relay::SessionSeed ipv4_only() {
        relay::SessionSeed seed = udp_client();
        seed.relayed[1].reset();
        return seed;
    }

    void time_passes(std::chrono::nanoseconds duration) { now += duration; }

    void permit(std::string_view peer, std::chrono::seconds lifetime = std::chrono::seconds{300}) {
        session.install(endpoint(peer), 0, now + lifetime);
    }
    // As ChannelBind does: with a permission.
    void bind(std::uint16_t channel, std::string_view peer) {
        permit(peer);
        session.install(endpoint(peer), channel, now + std::chrono::seconds{600});
    }

    [[nodiscard]] protocol::Result<relay::PeerBound, relay::Drop> client_sends(
        std::string_view peer, protocol::Bytes data) {
        return relay::forward_send(session, endpoint(peer), data, now);
    }
    [[nodiscard]] protocol::Result<relay::PeerBound, relay::Drop> client_sends_on(
        std::uint16_t channel, protocol::Bytes data) {
        return relay::forward_channel(session, {channel, data}, now);
    }
    // An ICMP error about a datagram for `peer`, as the kernel reports it.
    [[nodiscard]] Delivered icmp_comes(std::string_view peer, const protocol::Icmp& icmp) {
        Octets buffer(protocol::packet_headroom, std::byte{0xEE});
        protocol::Packet packet{buffer, protocol::packet_headroom, 0};
        const auto result = relay::report_to_client(session, {endpoint(peer), icmp}, packet, now);
        if (!result) return result.error();
        return copy_of(packet.payload());
    }
    // Octets around the payload are not zero, so that padding which was forgotten shows.
    [[nodiscard]] Delivered peer_sends(std::string_view peer, protocol::Bytes data) {
        Octets buffer(protocol::packet_headroom + data.size() + protocol::packet_tailroom,
                      std::byte{0xEE});
        std::ranges::copy(data, buffer.begin() + protocol::packet_headroom);
        const Octets before = buffer;
        protocol::Packet packet{buffer, protocol::packet_headroom, data.size()};
        const auto result = relay::forward_to_client(session, endpoint(peer), packet, now);
        if (result) return copy_of(packet.payload());
        const bool unchanged = buffer == before && packet.size() == data.size() &&
                               packet.headroom() == protocol::packet_headroom;
        if (!unchanged) throw std::logic_error{"a dropped packet was changed"};
        return result.error();
    }
};

}  // namespace turnpike::test
