// SPDX-License-Identifier: BSD-3-Clause
//
// Clients that move to DTLS and to TLS, with several workers: the kernel takes their datagrams and
// connections to any of them.
#include "server/worker/handed_association.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/dtls_scenario.hpp"
#include "tests/support/tls_wire.hpp"
#include "tests/support/traveller.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Method;
using telemetry::Counter;
using test::DtlsWire;
using test::endpoint;
using test::shows;
using test::TlsWire;
using test::Traveller;
using test::UdpSocket;
using test::UdpWire;
using test::Wire;

constexpr std::uint16_t channel = test::travellers_channel;

struct Scenario : test::DtlsScenario {
    explicit Scenario(std::uint32_t workers, const Change& change = {})
        : DtlsScenario{[&](config::Config& config) {
              config.relay.mobility = true;
              config.server.workers = workers;
              config.listen.tls = {{test::own_loopback(1), 0}};
              if (change) change(config);
          }} {}

    [[nodiscard]] std::unique_ptr<Wire> udp() {
        return std::make_unique<UdpWire>(endpoint("127.0.0.2:0"), server.udp());
    }
    [[nodiscard]] std::unique_ptr<Wire> dtls_on(std::unique_ptr<UdpSocket> socket,
                                                const protocol::Endpoint& port) {
        auto fresh = std::make_unique<DtlsWire>(std::move(socket), port);
        REQUIRE(fresh->connect());
        return fresh;
    }
    [[nodiscard]] std::unique_ptr<Wire> dtls_wire() {
        return dtls_on(std::make_unique<UdpSocket>(endpoint("127.0.0.2:0")), dtls());
    }
    [[nodiscard]] std::unique_ptr<Wire> auto_wire() {
        return dtls_on(std::make_unique<UdpSocket>(endpoint("127.0.0.2:0")), automatic());
    }
    [[nodiscard]] std::unique_ptr<Wire> tls_wire() {
        auto fresh = std::make_unique<TlsWire>(endpoint("127.0.0.2:0"), server->tls().front());
        REQUIRE(fresh->shake_hands());
        return fresh;
    }
    // Until an association has gone to another worker.
    void moves_to_another_worker(Traveller& alice) {
        const auto before = server.count(Counter::dtls_handed_over);
        for (int moves = 0; moves < 200; ++moves) {
            alice.moves_to(dtls_wire());
            alice.talks(1);
            if (server.count(Counter::dtls_handed_over) > before) return;
        }
        FAIL("the kernel takes everything to one worker");
    }
};

TEST_CASE("a client moves between DTLS, TLS and UDP, over all workers, and loses nothing",
          "[N3][N8][N12][rfc8016-3.2.2]") {
    const std::uint32_t workers = GENERATE(1U, 4U);
    Scenario s{workers};
    Traveller alice{s.dtls_wire()};
    const auto relayed = alice.client.relayed();
    for (int round = 0; round < 24; ++round) {
        std::unique_ptr<Wire> before = alice.moves_to(round % 4 == 0   ? s.udp()
                                                      : round % 4 == 1 ? s.dtls_wire()
                                                      : round % 4 == 2 ? s.tls_wire()
                                                                       : s.auto_wire());
        // Where it moved from is served until it speaks from where it moved to.
        auto after = alice.client.change_wire(std::move(before));
        alice.listens(3);
        alice.talks(3);
        before = alice.client.change_wire(std::move(after));
        alice.talks(3);
        alice.listens(3);
        CHECK_FALSE(before->receive(0ms));
    }
    CHECK(alice.client.relayed() == relayed);
    CHECK(s.server.count(Counter::allocations_moved) == 24);
    CHECK(s.server.count(Counter::packets_to_peer) == 144);
    CHECK(s.server.count(Counter::packets_to_client) == 144);
    CHECK(s.server.count(Counter::dtls_cut_handover) == 0);
    CHECK((s.server.count(Counter::dtls_handed_over) > 0) == (workers > 1));
}

TEST_CASE("an association that brings a ticket goes to the worker that has its relay, whole",
          "[N3][N12]") {
    Scenario s{4};
    Traveller alice{s.udp()};
    s.moves_to_another_worker(alice);
    const auto passed = s.server.count(Counter::passed_on);
    alice.talks(20);
    alice.listens(20);
    const UdpSocket other{endpoint("127.0.0.3:0")};
    REQUIRE(alice.client.permit(other.bound()));
    alice.client.send(other.bound(), "an indication");
    CHECK(other.receive()->payload == "an indication");
    REQUIRE(alice.client.refresh(600s));
    CHECK(s.server.reaches(Counter::passed_on, passed + 23));

    SECTION("two messages in one datagram arrive there both") {
        auto& wire = test::DtlsScenario::wire_of(alice.client);
        wire.held = true;
        alice.client.send(channel, "one");
        alice.client.send(channel, "two");
        test::Octets both;
        for (const auto& record : wire.datagrams) {
            both.insert(both.end(), record.begin(), record.end());
        }
        wire.send_raw(both);
        CHECK(alice.peer.receive()->payload == "one");
        CHECK(alice.peer.receive()->payload == "two");
    }
    SECTION("once the relay is gone it serves as well as any") {
        REQUIRE(alice.client.refresh(0s));
        CHECK(alice.client.request(Method::refresh)->error() == 437);
        REQUIRE(alice.client.allocate()->success());
        CHECK(alice.client.bind(channel, alice.peer.bound()));
        alice.talks(3);
    }
    SECTION("its client may begin anew from the same port") {
        auto socket = test::DtlsScenario::wire_of(alice.client).take_socket();
        alice.client.change_wire(s.dtls_on(std::move(socket), s.dtls()));
        CHECK(s.server.count(Counter::dtls_replaced) == 1);
        // The relay waits for its ticket, at whichever worker.
        const auto back = alice.client.request(Method::refresh, shows(alice.ticket));
        CHECK(back->error() == 0);
        alice.talks(3);
        alice.listens(3);
    }
}

TEST_CASE("what comes behind the ticket in its datagram goes along", "[N3][I17]") {
    Scenario s{4};
    Traveller alice{s.udp()};
    // The nonce is for one address: what is asked first brings it.
    for (int moves = 0; moves < 200 && s.server.count(Counter::dtls_handed_over) == 0; ++moves) {
        alice.client.change_wire(s.dtls_wire());
        REQUIRE(alice.client.request(Method::refresh)->error() == 437);
        auto& wire = test::DtlsScenario::wire_of(alice.client);
        wire.held = true;
        const auto refresh = alice.client.build(protocol::MessageClass::request, Method::refresh,
                                                shows(alice.ticket));
        wire.send(refresh);
        alice.client.send(channel, std::to_string(++alice.said));
        test::Octets both;
        for (const auto& record : wire.datagrams) {
            both.insert(both.end(), record.begin(), record.end());
        }
        wire.held = false;
        wire.send_raw(both);
        const auto moved = alice.client.answer_to(refresh);
        REQUIRE((moved && moved->success()));
        alice.ticket = test::ticket_in(*moved);
        CHECK(alice.peer.receive()->payload == std::to_string(alice.said));
    }
    CHECK(s.server.count(Counter::dtls_handed_over) == 1);
}

TEST_CASE("a relay outlives its association where its client has a ticket", "[I18][X27][N12]") {
    Scenario s{GENERATE(1U, 4U)};
    Traveller alice{s.udp()};
    for (int round = 0; round < 6; ++round) {
        alice.moves_to(round % 2 == 0 ? s.dtls_wire() : s.tls_wire());
        alice.talks(1);
        if (round % 2 == 0) test::DtlsScenario::wire_of(alice.client).close();
        alice.client.hang_up();
    }
    REQUIRE(s.server.reaches(Counter::dtls_closed, 3));
    REQUIRE(s.server.reaches(Counter::tcp_closed, 3));
    CHECK(s.server->free_ports() == 99);
    alice.peer.send(alice.client.relayed(), "into the void");
    REQUIRE(s.server.reaches(Counter::drop_client_away, 1));
    alice.moves_to(s.dtls_wire());
    alice.listens(3);
    alice.talks(3);
}

TEST_CASE("associations that are handed over keep their places, and give them back",
          "[I18][threats]") {
    Scenario s{4, [](config::Config& config) { config.limits.dtls_associations = 2; }};
    Traveller alice{s.udp()};
    const auto from = s.server.count(Counter::dtls_refused);
    for (int round = 1; round <= 12; ++round) {
        auto before = alice.moves_to(s.dtls_wire());
        alice.talks(1);
        if (round > 1) dynamic_cast<DtlsWire&>(*before).close();
        REQUIRE(s.server.reaches(Counter::dtls_closed, static_cast<std::uint64_t>(round - 1)));
    }
    CHECK(s.server.count(Counter::dtls_refused) == from);
    CHECK(s.server.count(Counter::dtls_handed_over) > 0);
    auto second = s.dtls_wire();
    DtlsWire third{endpoint("127.0.0.2:0"), s.dtls()};
    CHECK_FALSE((third.begin(), third.step(), third.step(100ms)));
    CHECK(s.server.count(Counter::dtls_refused) >= from + 1);
}

TEST_CASE(
    "a ticket that is not the client's, or of no relay, is refused over DTLS wherever it goes",
    "[N5][N7][threats]") {
    Scenario s{4};
    Traveller alice{s.udp()};
    for (int tries = 0; tries < 8; ++tries) {
        test::SocketClient thief{s.dtls_wire(), "bob", "builder"};
        CHECK(thief.request(Method::refresh, shows(alice.ticket))->error() == 441);
        REQUIRE(thief.allocate()->success());
        REQUIRE(thief.permit(alice.peer.bound()));
        thief.send(alice.peer.bound(), "mine");
        CHECK(alice.peer.receive()->payload == "mine");
        REQUIRE(thief.refresh(0s));
    }
    alice.talks(1);
    alice.listens(1);
    REQUIRE(alice.client.refresh(0s));
    for (int tries = 0; tries < 8; ++tries) {
        alice.client.change_wire(s.dtls_wire());
        CHECK(alice.client.request(Method::refresh, shows(alice.ticket))->error() == 437);
    }
}

}  // namespace
}  // namespace turnpike::worker
