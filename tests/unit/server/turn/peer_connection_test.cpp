// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/peer_connection.hpp"

#include "tests/support/connection_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;
using State = PeerConnections::State;

bool closes(const Effects& effects, const PeerConnection& connection) {
    return std::ranges::find(effects, Effect{ClosePeerConnection{connection.allocation,
                                                                 connection.connection}}) !=
           effects.end();
}

TEST_CASE("several peers are connected at once, each on its way", "[J23][rfc6062-3]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    const auto one = s.open_connection(s.alice, peer_v4);
    const auto two = s.open_connection(s.alice, other_peer_v4);
    s.alice.connects(at("198.51.100.7:4001"));
    const auto three = s.last_connection;
    CHECK(s.alices_second.binds_connection(two.connection).success());
    CHECK(s.state_of(s.alice, one) == State::pending);
    CHECK(s.state_of(s.alice, two) == State::bound);
    CHECK(s.state_of(s.alice, three) == State::connecting);
    s.ends(two);
    CHECK(s.state_of(s.alice, one) == State::pending);
    CHECK_FALSE(s.state_of(s.alice, two));
    s.ends(two);
    CHECK(s.allocation_of(s.alice)->connections().size() == 2);
}

TEST_CASE("an allocation that ends takes all its connections along", "[J20][rfc6062-5.5]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    s.time_passes(580s);
    const auto waiting = s.open_connection(s.alice, peer_v4);
    const auto bound = s.open_connection(s.alice, other_peer_v4);
    REQUIRE(s.alices_second.binds_connection(bound.connection).success());
    SECTION("it expires") {
        s.time_passes(20s);
    }
    SECTION("it is deleted") {
        s.alice.refreshes(0s);
    }
    SECTION("its client goes") {
        s.alice.disconnects();
    }
    CHECK_FALSE(s.allocation_of(s.alice));
    CHECK(closes(s.last_effects, waiting));
    CHECK(closes(s.last_effects, bound));
    CHECK(s.alices_second.binds_connection(waiting.connection).code() == 400);
}

TEST_CASE("half of a dual allocation takes the connections of its family", "[J20][E6][K2]") {
    ConnectionScenario s;
    REQUIRE(s.alice
                .allocates_tcp([](MessageBuilder& request) {
                    request.family(AttributeType::additional_address_family, Family::ipv6);
                })
                .success());
    const auto v4 = s.open_connection(s.alice, peer_v4);
    const auto v6 = s.open_connection(s.alice, peer_v6);
    CHECK(s.alice.refreshes(0s, Family::ipv6).success());
    CHECK(s.state_of(s.alice, v4) == State::pending);
    CHECK_FALSE(s.state_of(s.alice, v6));
    CHECK(closes(s.last_effects, v6));
}

TEST_CASE("over UDP channels and Send indications there is no way to a TCP peer",
          "[J21][G2][H1][rfc6062-3]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    CHECK(s.alice.permits({peer_v4}).success());
    CHECK(s.alice.binds(0x4000, peer_v4).code() == 400);
    CHECK_FALSE(s.alice.sends(peer_v4, "lost").relayed_to_peer());
    CHECK(s.routes_of(s.alice) == 1);
}

TEST_CASE("a TCP allocation is refreshed and deleted as others are", "[E1][J20]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    s.time_passes(599s);
    CHECK(s.alice.refreshes().success());
    s.time_passes(599s);
    CHECK(s.allocation_of(s.alice));
    s.time_passes(1s);
    CHECK_FALSE(s.allocation_of(s.alice));
}

}  // namespace
}  // namespace turnpike::turn
