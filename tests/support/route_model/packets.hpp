// SPDX-License-Identifier: BSD-3-Clause
//
// Random packets of the route model: ChannelData and Send indications of clients, datagrams of
// peers, strangers' datagrams and nonsense, of all lengths.
#pragma once

#include <string>

#include "protocol/message_builder.hpp"
#include "tests/support/route_model/both_relays.hpp"

namespace turnpike::test::route_model {

struct Packet {
    Frame frame;
    std::string what;
    EntryPoint entry = EntryPoint::xdp;
    std::size_t trailer = 0;  // octets behind it, that Ethernet fills short frames with

    [[nodiscard]] Octets octets() const {
        Octets made = encode(frame);
        made.resize(made.size() + trailer, std::byte{0x41});
        return made;
    }
};

class Packets {
public:
    Packets(Dice& dice, BothRelays& relays) : dice_{dice}, relays_{relays} {}

    [[nodiscard]] Packet some() {
        const Party& party = some_party();
        const std::size_t kind = dice_.below(100);
        Packet packet = kind < 48   ? channel_data_of(party)
                        : kind < 53 ? send_indication(party)
                        : kind < 55 ? nonsense(party)
                                    : from_peer(party);
        Frame& frame = packet.frame;
        if (dice_.chance(3)) frame.source = some_client(dice_);
        if (frame.source.address.family() != frame.destination.address.family()) {
            frame.source = some_peer(dice_, frame.destination.address.family());
        }
        packet.entry = dice_.chance(50) ? EntryPoint::xdp : EntryPoint::tc;
        frame.traffic_class = static_cast<std::uint8_t>(dice_.below(256));
        if (dice_.chance(10)) frame.hop_limit = static_cast<std::uint8_t>(1 + dice_.below(3));
        frame.checksum = some_checksum(packet);
        if (dice_.chance(10)) packet.trailer = 1 + dice_.below(20);
        return packet;
    }

private:
    // Mostly one whose packets get far.
    [[nodiscard]] const Party& some_party() {
        for (int tries = 0; tries < 3; ++tries) {
            const Party& party = *dice_.pick(relays_.parties());
            if (party.has_client && !party.routes.empty()) return party;
        }
        return *dice_.pick(relays_.parties());
    }

    // A network card's is filled by XDP only: for tc the kernel's note of it is needed, which no
    // test run has. Over IPv6 the host drops what has none.
    [[nodiscard]] Sum some_checksum(const Packet& packet) {
        if (packet.entry == EntryPoint::xdp && dice_.chance(5)) return Sum::unfilled;
        return packet.frame.source.address.is_v4() && dice_.chance(8) ? Sum::none : Sum::right;
    }

    // Often what a budget has left, to the octet, and one more.
    [[nodiscard]] std::size_t some_length(const Party& party) {
        const std::size_t kind = dice_.below(100);
        if (kind < 10) {
            const std::uint64_t left = left_for(party);
            if (left < 1400) return left + dice_.below(2);
        }
        if (kind < 15) return 0;
        if (kind < 40) return dice_.below(16);
        if (kind < 85) return dice_.below(400);
        return dice_.below(1460);
    }
    [[nodiscard]] std::uint64_t left_for(const Party& party) {
        std::uint64_t left = relays_.expected(party).account().bytes_left();
        for (const SharedPool* pool : {party.user, party.call}) {
            if (pool != nullptr) left = std::min(left, pool->expected.bytes_left());
        }
        return left;
    }

    [[nodiscard]] Packet from_client(const Party& party, Octets payload, std::string what) const {
        return {.frame = {.source = party.five_tuple.client,
                          .destination = party.five_tuple.server,
                          .payload = std::move(payload)},
                .what = std::move(what)};
    }

    // One of its channels; none, where it has none.
    [[nodiscard]] const Party::Installed* bound(const Party& party) {
        std::vector<const Party::Installed*> channels;
        for (const Party::Installed& route : party.routes) {
            if (route.channel != 0) channels.push_back(&route);
        }
        return channels.empty() ? nullptr : dice_.pick(channels);
    }
    [[nodiscard]] std::uint16_t some_channel(const Party& party) {
        const Party::Installed* const channel = bound(party);
        if (channel != nullptr && dice_.chance(96)) return channel->channel;
        return static_cast<std::uint16_t>(0x4000 + dice_.below(12));
    }

    [[nodiscard]] Packet channel_data_of(const Party& party) {
        const std::size_t padding = dice_.chance(70) ? 0 : dice_.below(dice_.chance(90) ? 4 : 8);
        const std::size_t octets = some_length(party);
        const std::uint16_t number = some_channel(party);
        Octets payload = channel_data(number, dice_.octets(octets), padding);
        std::string what = "channel " + std::to_string(number) + ", " + std::to_string(octets) +
                           " octets and " + std::to_string(padding);
        if (dice_.chance(2)) {
            payload.resize(4 + octets / 2);
            what += ", cut short";
        }
        return from_client(party, std::move(payload), std::move(what));
    }

    [[nodiscard]] Packet send_indication(const Party& party) {
        const Octets data = dice_.octets(some_length(party));
        const Endpoint peer = peer_of(party);
        Octets buffer(data.size() + 100);
        protocol::MessageBuilder builder{
            buffer, protocol::MessageClass::indication, protocol::Method::send, {}};
        builder.xor_address(protocol::AttributeType::xor_peer_address, peer);
        builder.bytes(protocol::AttributeType::data, data);
        return from_client(party, copy_of(builder.finish()),
                           "Send indication for " + peer.to_string() + ", " +
                               std::to_string(data.size()) + " octets");
    }

    [[nodiscard]] Packet nonsense(const Party& party) {
        Octets payload = dice_.octets(dice_.below(dice_.chance(50) ? 5 : 40));
        if (!payload.empty() && dice_.chance(50)) payload.front() = std::byte{0x40};
        std::string what = "nonsense " + to_hex(payload);
        return from_client(party, std::move(payload), std::move(what));
    }

    // Mostly one that it speaks with.
    [[nodiscard]] Endpoint peer_of(const Party& party) {
        if (party.routes.empty() || dice_.chance(5)) {
            return some_peer(dice_, dice_.chance(50) ? Family::ipv4 : Family::ipv6);
        }
        const Party::Installed* const channel = bound(party);
        Endpoint peer =
            channel != nullptr && dice_.chance(80) ? channel->peer : dice_.pick(party.routes).peer;
        if (dice_.chance(3)) {
            peer.port = static_cast<std::uint16_t>(7'000 + dice_.below(4));
        }
        return peer;
    }

    [[nodiscard]] Packet from_peer(const Party& party) {
        const Endpoint peer = peer_of(party);
        const Family family = peer.address.family();
        Endpoint to{local(family), static_cast<std::uint16_t>(50'000 + dice_.below(12))};
        if (const auto& relayed = party.relayed.at(index_of(family))) to = as_local(*relayed);
        const std::size_t octets = some_length(party);
        Octets payload = dice_.octets(octets);
        // A peer's octets may look like ChannelData.
        if (dice_.chance(10)) payload = channel_data(some_channel(party), payload);
        return {.frame = {.source = peer, .destination = to, .payload = std::move(payload)},
                .what = "from a peer, " + std::to_string(octets) + " octets"};
    }

    Dice& dice_;
    BothRelays& relays_;
};

}  // namespace turnpike::test::route_model
