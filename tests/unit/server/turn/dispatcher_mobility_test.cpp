// SPDX-License-Identifier: BSD-3-Clause
//
// dispatcher_mobility.cpp: who gets a ticket, and what a Refresh with one is answered.
#include <span>

#include "tests/support/connection_scenario.hpp"
#include "tests/support/mobile_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;
using protocol::Transport;

TEST_CASE("an Allocate with an empty ticket gets one", "[N1][rfc8016-3.1.2]") {
    Scenario s{mobile()};
    const Answer made = s.alice.allocates(shows({}));
    CHECK(made.success());
    CHECK(ticket_in(made).size() == auth::ticket_octets);
    CHECK(ticket_in(s.alice.repeats()) == ticket_in(made));
    const Answer other = s.bob.allocates(shows({}));
    CHECK(ticket_in(other) != ticket_in(made));
}

TEST_CASE("who does not ask for a ticket gets none, and moves nothing", "[N1][N5]") {
    Moving s;
    const Answer made = s.bob.allocates();
    CHECK(made.success());
    CHECK_FALSE(made.has(AttributeType::mobility_ticket));
    const auto id = s.allocation_of(s.bob)->id();
    // Not even with a ticket that only we could have made.
    const auto forged = *auth::MobilityTickets{auth::MobilityKey{}}.make({id, 0});
    const auto octets =
        std::span{reinterpret_cast<const unsigned char*>(forged.data()), forged.size()};
    s.bob.five_tuple.client = cafe;
    CHECK(refreshes(s.bob, {octets.begin(), octets.end()}).code() == 437);
}

TEST_CASE("an Allocate with a ticket in it is refused", "[N2][rfc8016-3.1.2]") {
    Scenario s{mobile()};
    for (const std::size_t size : {1U, 27U, 28U, 29U, 300U}) {
        CHECK(s.alice.allocates(shows(Ticket(size))).code() == 400);
    }
    CHECK(s.worker.held().empty());
}

TEST_CASE("where mobility is off, whoever asks for it is told", "[N1][N10][rfc8016-3.1.2]") {
    Scenario s{mobile(false)};
    CHECK(s.alice.allocates(shows({})).code() == 405);
    CHECK(s.worker.held().empty());
    CHECK(s.alice.allocates().success());
    CHECK(refreshes(s.alice, Ticket(28)).code() == 405);
    CHECK(refreshes(s.alice, {}).code() == 405);
    CHECK(s.alice.refreshes().success());
}

TEST_CASE("a Refresh with the ticket finds the allocation from another five-tuple",
          "[N3][N12][rfc8016-3.2.2]") {
    Moving s;
    const auto transport =
        GENERATE(Transport::udp, Transport::tcp, Transport::tls, Transport::dtls);
    const auto address = GENERATE(cafe, train);
    const Ticket old = s.ticket;
    const Answer moved = s.alice_moves_to(address, transport);
    CHECK(moved.success());
    CHECK(moved.lifetime() == 600s);
    CHECK(s.ticket.size() == auth::ticket_octets);
    CHECK(s.ticket != old);
    CHECK(s.allocation()->relayed(Family::ipv4) == s.relayed);
    CHECK(s.dispatcher.allocations().size() == 1);
    // It has all its routes, and both five-tuples are its client's.
    CHECK(s.routed(s.alice, peer_v4, 0x4000));
    CHECK(s.client_at() == home);
    CHECK(s.client_expected() == address);
}

TEST_CASE("an invalid ticket is refused", "[N4][rfc8016-3.2.2]") {
    Moving s;
    s.alice_goes_to(cafe);
    for (std::size_t size = 0; size < 600; ++size) {
        if (size == s.ticket.size()) continue;
        Ticket wrong = s.ticket;
        wrong.resize(size);
        CHECK(refreshes(s.alice, wrong).code() == 400);
    }
    for (std::size_t bit = 0; bit < 8 * s.ticket.size(); ++bit) {
        Ticket wrong = s.ticket;
        wrong[bit / 8] ^= static_cast<unsigned char>(1U << (bit % 8));
        CHECK(refreshes(s.alice, wrong).code() == 400);
    }
    CHECK(s.client_expected() == std::nullopt);
    CHECK(refreshes(s.alice, s.ticket).success());
}

TEST_CASE("a good ticket of an allocation that is gone says so", "[N5][rfc8016-3.2.2]") {
    Moving s;
    SECTION("deleted") {
        CHECK(s.alice.refreshes(0s).success());
    }
    SECTION("expired") {
        s.time_passes(600s);
    }
    SECTION("expired, and no timer came yet") {
        s.clock_jumps(600s);
    }
    CHECK(s.alice_moves_to(cafe).code() == 437);
    CHECK(s.worker.held().empty());
}

TEST_CASE("another user's ticket moves nothing, nor does a wrong password", "[N7][rfc8016-3.2.2]") {
    Moving s;
    CHECK(refreshes(s.bob, s.ticket).code() == 441);
    CHECK(s.client_expected() == std::nullopt);
    s.alice_goes_to(cafe);
    s.alice.password = "guessed";
    CHECK(refreshes(s.alice, s.ticket).code() == 401);
    CHECK(s.client_expected() == std::nullopt);
}

TEST_CASE("without a ticket the allocation goes with its connection", "[I18][X27]") {
    Scenario s{mobile()};
    s.alice.five_tuple.transport = Transport::tcp;
    CHECK(s.alice.allocates().success());
    s.alice.disconnects();
    CHECK(s.worker.held().empty());
}

TEST_CASE("nobody moves to where another allocation is", "[N3][D29]") {
    Moving s;
    SECTION("another user's") {
        CHECK(s.bob.allocates().success());
        s.alice.five_tuple = s.bob.five_tuple;
    }
    SECTION("one's own") {
        s.alice_goes_to(cafe);
        CHECK(s.alice.allocates().success());
    }
    CHECK(refreshes(s.alice, s.ticket).code() == 437);
    CHECK(s.client_at() == home);
    CHECK(s.dispatcher.allocations().size() == 2);
}

TEST_CASE("nobody moves into a tunnel", "[N3][K3][rfc8656-21.4]") {
    Moving s;
    for (const auto* tunnel : {"[2001::1]:1234", "[2002:c000:0201::1]:1234"}) {
        s.alice_goes_to(at(tunnel));
        CHECK(refreshes(s.alice, s.ticket).code() == 403);
    }
    CHECK(s.client_expected() == std::nullopt);
    CHECK(s.alice_moves_to(train).success());
}

TEST_CASE("a Refresh that fails moves nothing", "[N3][E12][A14]") {
    Moving s;
    s.alice_goes_to(cafe);
    CHECK(refreshes(s.alice, s.ticket, [](MessageBuilder& request) {
              request.family(AttributeType::requested_address_family, Family::ipv6);
          }).code() == 443);
    CHECK(refreshes(s.alice, s.ticket, attribute(AttributeType::lifetime, {0, 0})).code() == 400);
    CHECK(refreshes(s.alice, s.ticket, [](MessageBuilder& request) {
              request.flag(AttributeType{0x7FFF});
          }).code() == 420);
    CHECK(s.client_expected() == std::nullopt);
    CHECK(refreshes(s.alice, s.ticket).success());
}

TEST_CASE("a Refresh with the ticket can also delete the allocation", "[N3][E3]") {
    Moving s;
    s.alice_goes_to(cafe);
    const Answer deleted =
        refreshes(s.alice, s.ticket, [](MessageBuilder& request) { request.lifetime(0s); });
    CHECK(deleted.success());
    CHECK(deleted.lifetime() == 0s);
    CHECK_FALSE(deleted.has(AttributeType::mobility_ticket));
    CHECK(s.worker.held().empty());
}

TEST_CASE("moving changes neither deadlines nor limits, but for the lifetime that is asked for",
          "[N3][D20]") {
    ScenarioOptions options = mobile();
    options.settings.session_limit = 900s;
    Scenario s{std::move(options)};
    const Ticket ticket = ticket_in(s.alice.allocates(shows({})));
    s.time_passes(500s);
    s.alice.five_tuple.client = cafe;
    const Answer moved = refreshes(s.alice, ticket);
    CHECK(moved.lifetime() == 400s);
    s.time_passes(400s);
    CHECK(s.worker.held().empty());
}

TEST_CASE("a five-tuple that is moved to cannot be allocated on", "[N8][D29]") {
    Moving s;
    CHECK(s.alice_moves_to(cafe).success());
    CHECK(s.alice.allocates().code() == 437);
    s.bob.five_tuple = s.alice.five_tuple;
    CHECK(s.bob.allocates().code() == 441);
}

// Alice has a TCP allocation with a ticket.
struct MovingConnection : ConnectionScenario {
    MovingConnection() : ConnectionScenario{mobile()} {
        const Answer made = alice.allocates_tcp(shows({}));
        REQUIRE(made.success());
        ticket = ticket_in(made);
        REQUIRE(alice.permits({peer_v4}).success());
    }
    Ticket ticket;
};

TEST_CASE("a TCP allocation goes where its ticket comes from, at once", "[N3][N12][J5]") {
    MovingConnection s;
    const PeerConnection open = s.open_connection(s.alice, peer_v4);
    REQUIRE(s.alices_second.binds_connection(open.connection).success());
    const auto home_tuple = s.alice.five_tuple;
    s.alice.five_tuple.client = cafe;
    s.alice.five_tuple.transport = GENERATE(Transport::tcp, Transport::tls);
    CHECK(refreshes(s.alice, s.ticket).success());
    const auto* allocation = s.allocation_of(s.alice);
    REQUIRE(allocation != nullptr);
    CHECK(allocation->place() == Place{s.alice.five_tuple, {}});
    CHECK(s.state_of(s.alice, open) == PeerConnections::State::bound);
    CHECK(s.alice.connects(other_peer_v4).silent());
    CHECK(s.peer_answers().success());
    s.alice.five_tuple = home_tuple;
    CHECK(s.alice.connects(at("198.51.100.7:4001")).code() == 437);
}

TEST_CASE("a TCP allocation moves to no datagrams", "[N12][J1]") {
    MovingConnection s;
    s.alice.five_tuple.client = cafe;
    s.alice.five_tuple.transport = GENERATE(Transport::udp, Transport::dtls);
    CHECK(refreshes(s.alice, s.ticket).code() == 400);
    s.alice.five_tuple.transport = Transport::tcp;
    CHECK(refreshes(s.alice, s.ticket).success());
}

TEST_CASE("a TCP allocation outlives its control connection, and what it carries goes on",
          "[I18][X27][N12]") {
    MovingConnection s;
    const PeerConnection open = s.open_connection(s.alice, peer_v4);
    REQUIRE(s.alices_second.binds_connection(open.connection).success());
    REQUIRE(s.alice.connects(other_peer_v4).silent());
    s.alice.disconnects();
    CHECK(s.worker.held().size() == 1);
    s.alice.five_tuple.client = cafe;
    CHECK(refreshes(s.alice, s.ticket).success());
    CHECK(s.state_of(s.alice, open) == PeerConnections::State::bound);
    CHECK(s.peer_answers().success());  // of a Connect that was asked for on the old one
}

}  // namespace
}  // namespace turnpike::turn
