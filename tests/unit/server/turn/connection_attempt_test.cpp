// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/connection_attempt.hpp"

#include "tests/support/connection_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;
using State = PeerConnections::State;

TEST_CASE("a peer with a permission is let in, from any port", "[J13][J14][rfc6062-5.3]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    CHECK_FALSE(s.peer_arrives(s.alice, peer_v4));
    s.alice.permits({peer_v4});
    const auto one = s.peer_arrives(s.alice, peer_v4);
    REQUIRE(one);
    CHECK(s.peer_arrives(s.alice, at("198.51.100.7:55555")));
    CHECK_FALSE(s.peer_arrives(s.alice, other_peer_v4));
    CHECK(s.alices_second.binds_connection(one->connection).success());
}

TEST_CASE("a permission that has expired lets nobody in, though no timer said so", "[J13]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    s.alice.permits({peer_v4});
    s.clock_jumps(300s);
    CHECK_FALSE(s.peer_arrives(s.alice, peer_v4));
}

TEST_CASE("a permission lets nobody in to whom the relay may not speak", "[J13][P4]") {
    ScenarioOptions options;
    ConnectionScenario s{options};
    REQUIRE(s.alice.allocates_tcp().success());
    // Our own addresses may be permitted, because relays stand there; a listener does not.
    REQUIRE(s.alice.permits({at("203.0.113.5:1")}).success());
    CHECK_FALSE(s.peer_arrives(s.alice, at("203.0.113.5:3478")));
    REQUIRE(s.bob.allocates_tcp().success());
    CHECK(s.peer_arrives(s.alice, *s.allocation_of(s.bob)->relayed(Family::ipv4)));
}

TEST_CASE("a UDP allocation lets no connection in", "[J13][J21]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates().success());
    s.alice.permits({peer_v4});
    CHECK_FALSE(s.peer_arrives(s.alice, peer_v4));
}

TEST_CASE("the client is told of the peer and of the connection's name",
          "[J14][A38][rfc6062-5.3]") {
    const PeerConnection connection{.allocation = {},
                                    .connection = protocol::ConnectionId{0xA1B2C3D4},
                                    .peer = GENERATE(peer_v4, peer_v6)};
    protocol::TransactionId id;
    id.octets.fill(std::byte{7});
    std::array<std::byte, 100> room{};
    const auto octets = connection_attempt(connection, id, room);
    const auto message = protocol::Message::decode(octets);
    REQUIRE(message.has_value());
    CHECK(message->message_class() == MessageClass::indication);
    CHECK(message->method() == Method::connection_attempt);
    CHECK(message->transaction_id() == id);
    CHECK(*protocol::xor_peer_address(*message) == connection.peer);
    CHECK(*protocol::connection_id(*message) == connection.connection);
    CHECK(connection_attempt(connection, id, std::span{room}.first(30)).empty());
}

}  // namespace
}  // namespace turnpike::turn
