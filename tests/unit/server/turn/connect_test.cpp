// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/connect.hpp"

#include "tests/support/connection_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;
using State = PeerConnections::State;

TEST_CASE("a Connect is answered when its peer has, with the connection's name",
          "[J10][rfc6062-5.2]") {
    ConnectionScenario s;
    s.alice.fingerprints = GENERATE(false, true);
    s.alice.negotiates_sha256 = GENERATE(false, true);
    REQUIRE(s.alice.allocates_tcp().success());
    CHECK(s.alice.connects(peer_v4).silent());
    CHECK(s.state_of(s.alice, s.last_connection) == State::connecting);
    s.time_passes(29s);
    const Answer answer = s.peer_answers();
    CHECK(answer.success());
    CHECK(answer.message().method() == Method::connect);
    CHECK(*protocol::connection_id(answer.message()) == s.last_connection.connection);
    CHECK(answer.has(AttributeType::fingerprint) == s.alice.fingerprints);
    CHECK(answer.has(AttributeType::message_integrity_sha256) == s.alice.negotiates_sha256);
    CHECK(s.state_of(s.alice, s.last_connection) == State::pending);
}

TEST_CASE("without an allocation for TCP there is no Connect", "[J5][rfc6062-5.2]") {
    ConnectionScenario s;
    CHECK(s.alice.connects(peer_v4).code() == 437);
    REQUIRE(s.alice.allocates().success());
    CHECK(s.alice.connects(peer_v4).code() == 437);
}

TEST_CASE("a Connect names one peer that there can be", "[J6][rfc6062-5.2]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    CHECK(s.alice.asks(Method::connect, {}).code() == 400);
    CHECK(s.alice
              .asks(Method::connect,
                    attribute(AttributeType::xor_peer_address, {0, 3, 0, 1, 1, 2, 3, 4}))
              .code() == 400);
    CHECK(s.alice.connects(at("198.51.100.7:0")).code() == 400);
    CHECK(s.allocation_of(s.alice)->connections().size() == 0);
}

TEST_CASE("a peer has one connection at a time, whatever became of it", "[J7][rfc6062-5.2]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    s.alice.connects(peer_v4);
    const PeerConnection connection = s.last_connection;
    SECTION("in progress") {}
    SECTION("pending") {
        s.peer_answers();
    }
    SECTION("bound") {
        s.peer_answers();
        REQUIRE(s.alices_second.binds_connection(connection.connection).success());
    }
    CHECK(s.alice.connects(peer_v4).code() == 446);
    CHECK(s.alice.connects(at("198.51.100.7:4001")).silent());
    s.ends(connection);
    CHECK(s.alice.connects(peer_v4).silent());
}

TEST_CASE("a peer that came by itself is connected already", "[J7][J14]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    s.alice.permits({peer_v4});
    REQUIRE(s.peer_arrives(s.alice, peer_v4));
    CHECK(s.alice.connects(peer_v4).code() == 446);
}

TEST_CASE("no connection leads where the policy forbids it", "[J8][P4][P5][rfc6062-5.2]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    CHECK(s.alice.connects(private_peer).code() == 403);
    CHECK(s.alice.connects(at("203.0.113.5:3478")).code() == 403);  // a listener of ours
    // To itself, and to a relay that speaks UDP.
    CHECK(s.alice.connects(*s.allocation_of(s.alice)->relayed(Family::ipv4)).code() == 403);
    REQUIRE(s.bob.allocates().success());
    CHECK(s.alice.connects(*s.allocation_of(s.bob)->relayed(Family::ipv4)).code() == 403);
}

TEST_CASE("another TCP relay of this server is a peer like others", "[J8][H12]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    REQUIRE(s.bob.allocates_tcp().success());
    CHECK(s.alice.connects(*s.allocation_of(s.bob)->relayed(Family::ipv4)).silent());
    CHECK(s.peer_answers().success());
}

TEST_CASE("a peer is of a family that the allocation has", "[J6][K2]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    CHECK(s.alice.connects(peer_v6).code() == 443);
}

TEST_CASE("a Connect that fails is a 447, and leaves nothing", "[J9][rfc6062-5.2]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    s.alice.connects(peer_v4);
    SECTION("refused") {
        const Answer answer = s.peer_refuses();
        CHECK(answer.code() == 447);
        CHECK(answer.message().method() == Method::connect);
    }
    SECTION("not answered in thirty seconds, and not before") {
        s.time_passes(30s - 1ns);
        CHECK(s.failure().silent());
        s.time_passes(1ns);
        CHECK(s.failure().code() == 447);
        CHECK(s.peer_answers().silent());
    }
    CHECK(s.failure().silent());
    CHECK(s.allocation_of(s.alice)->connections().size() == 0);
    CHECK(s.alice.connects(peer_v4).silent());
}

TEST_CASE("a Connect whose allocation ends is a 447", "[J9][J20]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    s.alice.connects(peer_v4);
    CHECK(s.alice.refreshes(0s).success());
    CHECK(s.failure().code() == 447);
    CHECK(s.peer_answers().silent());
}

TEST_CASE("an allocation has so many connections and no more", "[J23][threats]") {
    ScenarioOptions options;
    options.settings.connections_max = 3;
    ConnectionScenario s{options};
    REQUIRE(s.alice.allocates_tcp().success());
    for (std::uint16_t port = 1; port <= 3; ++port) {
        s.open_connection(s.alice, Endpoint{peer_v4.address, port});
    }
    CHECK(s.alice.connects(peer_v4).code() == 508);
    s.alice.permits({peer_v4});
    CHECK_FALSE(s.peer_arrives(s.alice, peer_v4));
    s.ends(s.last_connection);
    CHECK(s.peer_arrives(s.alice, peer_v4));
}

TEST_CASE("an answer without room is none") {
    std::array<std::byte, 30> room{};
    CHECK(answer_connect({}, protocol::ConnectionId{1}, "", room).empty());
}

}  // namespace
}  // namespace turnpike::turn
