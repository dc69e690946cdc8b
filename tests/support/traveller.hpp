// SPDX-License-Identifier: BSD-3-Clause
//
// A client that moves (RFC 8016), on real sockets, with a peer. What it says and hears is counted.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "protocol/attributes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/socket_client.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::test {

inline constexpr std::uint16_t travellers_channel = 0x4000;

inline Octets ticket_in(const Answer& answer) {
    const auto ticket = protocol::mobility_ticket(answer.message());
    return ticket ? Octets{ticket->begin(), ticket->end()} : Octets{};
}

inline SocketClient::Add shows(const Octets& ticket) {
    return [&ticket](protocol::MessageBuilder& builder) {
        builder.bytes(protocol::AttributeType::mobility_ticket, ticket);
    };
}

// A client with a ticket and a channel to a peer.
struct Traveller {
    explicit Traveller(std::unique_ptr<Wire> wire) : client{std::move(wire)} {
        const auto made = client.allocate(shows({}));
        REQUIRE((made && made->success()));
        ticket = ticket_in(*made);
        REQUIRE_FALSE(ticket.empty());
        REQUIRE(client.bind(travellers_channel, peer.bound()));
    }

    // The wire from before, where it moved.
    std::unique_ptr<Wire> moves_to(std::unique_ptr<Wire> wire) {
        auto before = client.change_wire(std::move(wire));
        const auto moved = client.request(protocol::Method::refresh, shows(ticket));
        REQUIRE(moved);
        REQUIRE(moved->error() == 0);
        CHECK(ticket_in(*moved) != ticket);
        ticket = ticket_in(*moved);
        return before;
    }
    void talks(int count) {
        for (int number = 0; number < count; ++number) {
            const std::string payload = std::to_string(++said);
            client.send(travellers_channel, payload);
            const auto arrived = peer.receive();
            REQUIRE(arrived);
            CHECK(arrived->payload == payload);
            CHECK(arrived->source == client.relayed());
        }
    }
    void listens(int count) {
        for (int number = 0; number < count; ++number) {
            const std::string payload = std::to_string(++heard);
            peer.send(client.relayed(), payload);
            const auto data = client.data();
            REQUIRE(data);
            CHECK(data->payload == payload);
        }
    }

    UdpSocket peer{endpoint("127.0.0.3:0")};
    SocketClient client;
    Octets ticket;
    int said = 0;
    int heard = 0;
};

}  // namespace turnpike::test
