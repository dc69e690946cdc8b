// SPDX-License-Identifier: BSD-3-Clause
//
// Clients that move while media flows (RFC 8016): between addresses and between transports, with
// one worker and with several. What peers send and what the client sends is counted exactly.
#include <map>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/tcp_relay.hpp"
#include "tests/support/traveller.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Method;
using telemetry::Counter;
using test::endpoint;
using test::loopback_config;
using test::Octets;
using test::RunningServer;
using test::shows;
using test::TcpWire;
using test::Traveller;
using test::UdpSocket;
using test::UdpWire;
using test::Wire;

using Catch::Matchers::Contains;

constexpr std::uint16_t channel = test::travellers_channel;

config::Config mobile_config(std::uint32_t workers = 1) {
    auto config = loopback_config();
    config.relay.mobility = true;
    config.server.workers = workers;
    return config;
}

enum class Over { udp, tcp };

std::unique_ptr<Wire> wire_to(const RunningServer& server, Over over) {
    if (over == Over::udp) return std::make_unique<UdpWire>(endpoint("127.0.0.2:0"), server.udp());
    return std::make_unique<TcpWire>(endpoint("127.0.0.2:0"), server.tcp());
}

TEST_CASE("a client moves between addresses and transports, and loses nothing",
          "[N3][N8][N12][rfc8016-3.2.2]") {
    const auto [from, to, workers] = GENERATE(table<Over, Over, std::uint32_t>({
        {Over::udp, Over::udp, 1},
        {Over::udp, Over::tcp, 1},
        {Over::tcp, Over::udp, 1},
        {Over::tcp, Over::tcp, 1},
        {Over::udp, Over::udp, 4},
        {Over::udp, Over::tcp, 4},
        {Over::tcp, Over::udp, 4},
        {Over::tcp, Over::tcp, 4},
    }));
    RunningServer server{mobile_config(workers)};
    Traveller alice{wire_to(server, from)};
    const auto relayed = alice.client.relayed();
    alice.talks(5);
    alice.listens(5);
    for (int round = 0; round < 6; ++round) {
        // Where it moved from is served until it speaks from where it moved to.
        auto before = alice.moves_to(wire_to(server, round % 2 == 0 ? to : from));
        auto after = alice.client.change_wire(std::move(before));
        alice.listens(3);
        alice.talks(3);
        before = alice.client.change_wire(std::move(after));
        alice.talks(3);
        alice.listens(3);
        CHECK_FALSE(before->receive(0ms));
    }
    CHECK(alice.client.relayed() == relayed);
    CHECK(server.count(Counter::allocations_moved) == 6);
    CHECK(server.count(Counter::packets_to_peer) == 41);
    CHECK(server.count(Counter::packets_to_client) == 41);
    CHECK(server->free_ports() == 99);
    REQUIRE(alice.client.refresh(0s));
    CHECK(server->free_ports() == 100);
    const std::string log = server.log();
    CHECK_THAT(log, Contains("allocation moved"));
    CHECK_THAT(log, Contains("packets_to_peer=41") && Contains("packets_to_client=41"));
}

TEST_CASE("wherever the kernel takes a client, its relay is found", "[N3][N8]") {
    RunningServer server{mobile_config(4)};
    Traveller alice{wire_to(server, Over::udp)};
    // Each port is a worker's by chance; it comes to another one's soon.
    int moves = 0;
    while (server.count(Counter::passed_on) == 0 && moves < 200) {
        auto before = alice.moves_to(wire_to(server, Over::udp));
        ++moves;
    }
    REQUIRE(moves < 200);
    const auto detour = server.count(Counter::passed_on);
    // Everything that it can send takes the detour: indications, channels, requests.
    alice.talks(20);
    alice.listens(20);
    const UdpSocket other{endpoint("127.0.0.3:0")};
    REQUIRE(alice.client.permit(other.bound()));
    alice.client.send(other.bound(), "an indication");
    CHECK(other.receive()->payload == "an indication");
    REQUIRE(alice.client.refresh(600s));
    CHECK(server.reaches(Counter::passed_on, detour + 23));
    // Two relays of this server meet there, too.
    auto bob = server.udp_client("bob", "builder");
    REQUIRE(bob.allocate());
    REQUIRE(bob.permit(alice.client.relayed()));
    REQUIRE(alice.client.bind(channel + 1, bob.relayed()));
    alice.client.send(channel + 1, "hairpin");
    CHECK(bob.data()->payload == "hairpin");
    bob.send(alice.client.relayed(), "and back");
    CHECK(alice.client.data()->payload == "and back");
    // Once it is gone its five-tuple is as good as any.
    REQUIRE(alice.client.refresh(0s));
    CHECK(alice.client.request(Method::refresh)->error() == 437);
    REQUIRE(alice.client.allocate()->success());
    CHECK(alice.client.bind(channel, alice.peer.bound()));
    alice.talks(3);
}

TEST_CASE("a connection that brings a ticket goes to the worker that has its relay, whole",
          "[N3][N12]") {
    RunningServer server{mobile_config(4)};
    Traveller alice{wire_to(server, Over::udp)};
    int moves = 0;
    while (server.count(Counter::tcp_handed_over) == 0 && moves < 200) {
        auto before = alice.moves_to(wire_to(server, Over::tcp));
        ++moves;
        alice.talks(1);
        alice.listens(1);
    }
    CHECK(moves < 200);
    CHECK(server.count(Counter::allocations_moved) == static_cast<std::uint64_t>(moves));
}

TEST_CASE("a relay outlives its connection where its client has a ticket", "[I18][X27][N12]") {
    const auto [to, workers] = GENERATE(table<Over, std::uint32_t>({
        {Over::udp, 1},
        {Over::tcp, 1},
        {Over::udp, 4},
        {Over::tcp, 4},
    }));
    RunningServer server{mobile_config(workers)};
    Traveller alice{wire_to(server, Over::tcp)};
    alice.talks(2);
    alice.client.hang_up();
    REQUIRE(server.reaches(Counter::tcp_closed, 1));
    CHECK(server->free_ports() == 99);
    // Nobody is there to be told.
    alice.peer.send(alice.client.relayed(), "into the void");
    REQUIRE(server.reaches(Counter::drop_client_away, 1));
    alice.moves_to(wire_to(server, to));
    alice.listens(3);
    alice.talks(3);
    CHECK_THAT(server.log(), Contains("allocation waits for its client") && Contains("from=away"));
}

TEST_CASE("a TCP relay outlives its control connection, and what it carries goes on",
          "[I18][X27][N12][J14]") {
    RunningServer server{mobile_config(GENERATE(1U, 4U))};
    test::TcpPeer peer;
    test::SocketClient control = server.tcp_client();
    const auto made = control.allocate_tcp(shows({}));
    REQUIRE((made && made->success()));
    Octets ticket = test::ticket_in(*made);
    const auto name = test::name_in(control.connect(peer.bound()));
    TcpWire at_peer = peer.accept();
    test::DataConnection data{server.tcp_client()};
    REQUIRE(data.bind(name)->success());
    for (int round = 0; round < 6; ++round) {
        const bool lost = round % 2 == 0;
        if (lost) control.hang_up();
        CHECK(test::carries(data.wire(), at_peer, "still there"));
        const auto old = control.change_wire(wire_to(server, Over::tcp));
        const auto moved = control.request(Method::refresh, shows(ticket));
        REQUIRE((moved && moved->success()));
        ticket = test::ticket_in(*moved);
        CHECK(test::carries(at_peer, data.wire(), "still here"));
        // Peers that come by themselves are announced where the client is now.
        REQUIRE(control.permit(peer.bound()));
        const TcpWire caller{endpoint("127.0.0.3:0"), control.relayed()};
        const auto attempt = control.attempt();
        REQUIRE(attempt);
        CHECK(attempt->peer == caller.local());
    }
    control.change_wire(wire_to(server, Over::udp));
    CHECK(control.request(Method::refresh, shows(ticket))->error() == 400);
}

TEST_CASE("moving where it is off, and without a ticket, is refused", "[N1][N4][N5][N10]") {
    RunningServer off;
    auto client = off.udp_client();
    CHECK(client.allocate(shows({}))->error() == 405);
    RunningServer server{mobile_config(4)};
    Traveller alice{wire_to(server, Over::udp)};
    const Octets good = alice.ticket;
    for (const std::size_t size :
         {std::size_t{0}, good.size() - 1, good.size() + 1, std::size_t{1000}}) {
        Octets wrong = good;
        wrong.resize(size);
        CHECK(alice.client.request(Method::refresh, shows(wrong))->error() == 400);
    }
    for (int flood = 0; flood < 8; ++flood) {
        auto before = alice.client.change_wire(wire_to(server, Over::udp));
        Octets wrong = good;
        wrong[static_cast<std::size_t>(3 * flood)] ^= std::byte{1};
        CHECK(alice.client.request(Method::refresh, shows(wrong))->error() == 400);
        alice.client.change_wire(std::move(before));
    }
    CHECK(server.count(Counter::passed_on) == 0);
    alice.talks(1);
    alice.listens(1);
}

TEST_CASE("a ticket serves its own user alone", "[N7][threats]") {
    RunningServer server{mobile_config(GENERATE(1U, 4U))};
    Traveller alice{wire_to(server, Over::udp)};
    for (int tries = 0; tries < 8; ++tries) {
        auto thief = server.udp_client("bob", "builder");
        CHECK(thief.request(Method::refresh, shows(alice.ticket))->error() == 441);
    }
    alice.talks(1);
    alice.listens(1);
    CHECK(server.count(Counter::allocations_moved) == 0);
}

TEST_CASE("a good ticket of a relay that is gone says so", "[N5]") {
    RunningServer server{mobile_config(GENERATE(1U, 4U))};
    Traveller alice{wire_to(server, Over::udp)};
    REQUIRE(alice.client.refresh(0s));
    for (int tries = 0; tries < 8; ++tries) {
        alice.client.change_wire(wire_to(server, tries % 2 == 0 ? Over::udp : Over::tcp));
        CHECK(alice.client.request(Method::refresh, shows(alice.ticket))->error() == 437);
        // ... and allocates anew from there.
        REQUIRE(alice.client.allocate()->success());
        REQUIRE(alice.client.refresh(0s));
    }
}

}  // namespace
}  // namespace turnpike::worker
