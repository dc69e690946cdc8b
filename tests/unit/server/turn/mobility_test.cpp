// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/mobility.hpp"

#include "tests/support/mobile_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;
using protocol::Transport;

TEST_CASE("a ticket from where the client is already is refused", "[N6][rfc8016-3.2.2]") {
    Moving s;
    CHECK(refreshes(s.alice, s.ticket).code() == 400);
    CHECK(s.alice_moves_to(cafe).success());
    CHECK(refreshes(s.alice, s.ticket).code() == 400);
    s.hears_channel_data(s.alice);
    CHECK(refreshes(s.alice, s.ticket).code() == 400);
    CHECK(s.alice.refreshes().success());  // as any Refresh
}

TEST_CASE("the old five-tuple is served until data comes from the new one", "[N8][rfc8016-3.2.2]") {
    Moving s;
    CHECK(s.alice_moves_to(cafe).success());
    s.alice_goes_to(home);
    CHECK(s.alice.sends(peer_v4, "from home").relayed_to_peer());
    CHECK(s.alice.permits({other_peer_v4}).success());
    CHECK(s.client_at() == home);
    s.alice_goes_to(cafe);
    CHECK(s.alice.permits({other_peer_v4}).success());  // no data yet
    CHECK(s.client_at() == home);
    SECTION("by a Send indication") {
        CHECK(s.alice.sends(peer_v4, "from the cafe").relayed_to_peer());
    }
    SECTION("by ChannelData") {
        s.hears_channel_data(s.alice);
    }
    CHECK(s.client_at() == cafe);
    CHECK(s.client_expected() == std::nullopt);
    // What was home is nobody's now.
    s.alice_goes_to(home);
    CHECK_FALSE(s.alice.sends(peer_v4, "from home").relayed_to_peer());
    CHECK(s.alice.permits({peer_v4}).code() == 437);
    CHECK(s.alice.refreshes().code() == 437);
    s.hears_channel_data(s.alice);
    CHECK(s.client_at() == cafe);
}

TEST_CASE("the old five-tuple is served until its connection is closed",
          "[N8][I18][rfc8016-3.2.2]") {
    Moving s{true};
    CHECK(s.alice_moves_to(cafe, GENERATE(Transport::udp, Transport::tcp)).success());
    CHECK(s.client_at() == home);
    const auto there = s.alice.five_tuple;
    s.alice_goes_to(home, Transport::tcp);
    s.alice.disconnects();
    CHECK(s.client_at() == cafe);
    CHECK(s.client_expected() == std::nullopt);
    s.alice.five_tuple = there;
    CHECK(s.alice.sends(peer_v4, "from the cafe").relayed_to_peer());
}

TEST_CASE("a connection that is moved to and closed leaves the client where it was", "[N8][I18]") {
    Moving s;
    CHECK(s.alice_moves_to(cafe, Transport::tcp).success());
    s.alice.disconnects();
    CHECK(s.client_at() == home);
    CHECK(s.client_expected() == std::nullopt);
    // With the newest ticket it can try again.
    CHECK(s.alice_moves_to(cafe, Transport::tcp).success());
}

TEST_CASE("a retransmitted Refresh gets the same answer, for as long as a client may repeat it",
          "[N9][A35][rfc8016-3.2.2]") {
    Moving s;
    CHECK(s.alice_moves_to(cafe).success());
    CHECK(ticket_in(s.alice.repeats()) == s.ticket);
    CHECK(s.alice.repeats().success());
    SECTION("before data came") {
        CHECK(s.client_at() == home);
    }
    SECTION("after data came") {
        s.hears_channel_data(s.alice);
    }
    s.clock_jumps(39s);
    CHECK(ticket_in(s.alice.repeats()) == s.ticket);
    CHECK(s.worker.held().at(s.id).place == s.allocation()->place());
}

TEST_CASE("the old ticket serves retransmissions alone, from the same place, and not for ever",
          "[N8][N9]") {
    Moving s;
    const Ticket old = s.ticket;
    const Answer moved = s.alice_moves_to(cafe);
    CHECK(moved.success());
    SECTION("for 30 seconds at least") {
        s.clock_jumps(30s);
        CHECK(ticket_in(s.alice.repeats()) == s.ticket);
    }
    SECTION("not after a minute") {
        s.clock_jumps(60s);
        CHECK(s.alice.repeats().code() == 400);
    }
    SECTION("not from elsewhere") {
        s.alice_goes_to(train);
        CHECK(s.alice.repeats().code() == 438);  // a nonce is for one address, too
    }
    SECTION("not for another request") {
        CHECK(refreshes(s.alice, old).code() == 400);
        s.alice_goes_to(train);
        CHECK(refreshes(s.alice, old).code() == 400);
    }
    CHECK(s.client_expected() == cafe);
}

TEST_CASE("a client can move on and back before it sends data", "[N3][N8]") {
    Moving s;
    CHECK(s.alice_moves_to(cafe).success());
    CHECK(s.alice_moves_to(train, Transport::tcp).success());
    CHECK(s.client_at() == home);
    CHECK(s.client_expected() == train);
    s.alice_goes_to(cafe);
    CHECK(s.alice.refreshes().code() == 437);  // left behind
    CHECK(s.alice_moves_to(home).success());
    CHECK(s.client_at() == home);
    CHECK(s.client_expected() == std::nullopt);
    CHECK(s.alice.sends(peer_v4, "home again").relayed_to_peer());
}

TEST_CASE("a mobile allocation outlives its connection until its lifetime ends",
          "[I18][X27][N12][rfc8016-3.2.2]") {
    Moving s{true};
    s.alice.disconnects();
    CHECK(s.client_at() == std::nullopt);
    CHECK(s.alice.refreshes().code() == 437);  // the five-tuple is nobody's
    SECTION("its client comes back, from wherever") {
        const auto where = GENERATE(cafe, home);
        const auto transport = GENERATE(Transport::udp, Transport::tcp);
        s.time_passes(599s);
        CHECK(s.alice_moves_to(where, transport).success());
        CHECK(s.client_at() == where);  // nothing is left to be served
        CHECK(s.client_expected() == std::nullopt);
        CHECK(s.allocation()->relayed(Family::ipv4) == s.relayed);
        s.alice.disconnects();
        CHECK(s.client_at() == std::nullopt);
    }
    SECTION("or does not") {
        s.time_passes(600s);
        CHECK(s.worker.held().empty());
        CHECK(s.worker.end_of(s.id) == EndReason::expired);
    }
    SECTION("another client may have its old five-tuple meanwhile") {
        const auto old = s.alice.five_tuple;
        s.bob.five_tuple = old;
        CHECK(s.bob.allocates().success());
        CHECK(s.alice_moves_to(cafe).success());
        CHECK(s.dispatcher.allocations().size() == 2);
        s.bob.disconnects();
        CHECK(s.dispatcher.allocations().size() == 1);
        CHECK(s.client_at() == cafe);
    }
}

TEST_CASE("moving a thousand times leaves nothing behind", "[N3][threats]") {
    Moving s;
    for (std::uint16_t port = 1000; port < 2000; ++port) {
        REQUIRE(s.alice_moves_to(Endpoint{cafe.address, port}).success());
        if (port % 3 == 0) s.hears_channel_data(s.alice);
    }
    CHECK(s.dispatcher.allocations().size() == 1);
    CHECK(s.worker.allocations_of("alice") == 1);
    CHECK(s.alice.refreshes(0s).success());
    CHECK(s.worker.held().empty());
}

}  // namespace
}  // namespace turnpike::turn
