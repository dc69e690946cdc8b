// SPDX-License-Identifier: BSD-3-Clause
//
// The server as its users meet it: real sockets on loopback, real credentials, several workers.
#include "server/worker/server.hpp"

#include <stdexcept>

#include "server/net/tcp_listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using protocol::Method;
using telemetry::Counter;
using test::endpoint;
using test::FromPeer;
using test::loopback_config;
using test::RunningServer;
using test::SocketClient;
using test::UdpSocket;

using Catch::Matchers::Contains;

constexpr std::uint16_t channel = 0x4000;

TEST_CASE("a Binding request is answered with the address that it came from",
          "[C1][A31][rfc8489-12]") {
    RunningServer server;
    const bool stream = GENERATE(false, true);
    auto client = stream ? server.tcp_client() : server.udp_client();
    const auto answer = client.exchange(Method::binding);
    REQUIRE(answer);
    CHECK(answer->success());
    CHECK(*protocol::xor_mapped_address(answer->message()) == client.wire().local());
}

TEST_CASE("a wildcard listener answers from the address that was sent to", "[A31][rfc8489-6.3.1.2]") {
    auto config = loopback_config();
    config.listen.udp = {endpoint("0.0.0.0:0")};
    RunningServer server{config};
    // The client takes only what comes from where it sent to.
    SocketClient client{std::make_unique<test::UdpWire>(
        endpoint("127.0.0.2:0"), protocol::Endpoint{*protocol::IpAddress::parse("127.0.0.77"),
                                                    server.udp().port})};
    const auto answer = client.exchange(Method::binding);
    REQUIRE(answer);
    CHECK(answer->success());
}

TEST_CASE("IPv6 clients are served on their own listener", "[C1][K1]") {
    auto config = loopback_config();
    config.listen.udp = {endpoint("[::1]:0"), endpoint("[::]:0")};
    RunningServer server{config};
    for (const auto& listener : server->udp()) {
        SocketClient client{std::make_unique<test::UdpWire>(
            endpoint("[::1]:0"), protocol::Endpoint{*protocol::IpAddress::parse("::1"),
                                                    listener.port})};
        const auto answer = client.exchange(Method::binding);
        REQUIRE(answer);
        CHECK(*protocol::xor_mapped_address(answer->message()) == client.wire().local());
    }
}

TEST_CASE("data flows both ways through a permission and through a channel",
          "[F9][G19][H6][H7][I3][rfc8656-11]") {
    RunningServer server;
    const bool stream = GENERATE(false, true);
    auto client = stream ? server.tcp_client() : server.udp_client();
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.permit(peer.bound()));

    client.send(peer.bound(), "to the peer");
    CHECK(peer.receive() == test::Datagram{client.relayed(), "to the peer"});
    peer.send(client.relayed(), "to the client");
    CHECK(client.data() == FromPeer{0, peer.bound(), "to the client"});

    REQUIRE(client.bind(channel, peer.bound()));
    client.send(channel, "one");
    CHECK(peer.receive() == test::Datagram{client.relayed(), "one"});
    peer.send(client.relayed(), "three");
    CHECK(client.data() == FromPeer{channel, {}, "three"});
    client.send(channel, "");
    CHECK(peer.receive() == test::Datagram{client.relayed(), ""});
}

TEST_CASE("a Send with DONT-FRAGMENT reaches the peer and leaves the socket as it was",
          "[H4][L3][X22]") {
    RunningServer server;
    auto client = server.udp_client();
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.permit(peer.bound()));
    client.send(peer.bound(), "whole", true);
    CHECK(peer.receive() == test::Datagram{client.relayed(), "whole"});
    client.send(peer.bound(), "as ever");
    CHECK(peer.receive() == test::Datagram{client.relayed(), "as ever"});
}

TEST_CASE("datagrams are relayed whole up to the largest, or not at all", "[H11]") {
    RunningServer server;
    auto client = server.udp_client();
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.bind(channel, peer.bound()));
    const std::string largest(65507 - 4, 'x');  // with its header as large as UDP takes
    client.send(channel, largest);
    CHECK(peer.receive() == test::Datagram{client.relayed(), largest});
    peer.send(client.relayed(), std::string(65507, 'y'));  // no room for the header
    peer.send(client.relayed(), largest);
    CHECK(client.data() == FromPeer{channel, {}, largest});
}

TEST_CASE("a peer without a permission reaches nobody", "[F10][rfc8656-9]") {
    RunningServer server;
    auto client = server.udp_client();
    UdpSocket stranger{endpoint("127.0.0.4:0")};
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.permit(peer.bound()));
    stranger.send(client.relayed(), "unasked");
    peer.send(client.relayed(), "asked");
    CHECK(client.data() == FromPeer{0, peer.bound(), "asked"});
    CHECK(server.count(Counter::drop_no_permission) == 1);
}

// Which worker a client lands on is the kernel's choice; with many clients both cases occur.
TEST_CASE("two clients of one server talk relay to relay, on one worker and across",
          "[H12][rfc8656-3]") {
    auto config = loopback_config();
    config.server.workers = 2;
    RunningServer server{config};
    const bool stream = GENERATE(false, true);
    constexpr int pairs = 8;
    for (int pair = 0; pair < pairs; ++pair) {
        auto alice = stream ? server.tcp_client() : server.udp_client();
        auto bob = server.udp_client("bob", "builder");
        REQUIRE(alice.allocate());
        REQUIRE(bob.allocate());
        REQUIRE(alice.bind(channel, bob.relayed()));
        REQUIRE(bob.permit(alice.relayed()));
        alice.send(channel, "hello bob");
        CHECK(bob.data() == FromPeer{0, alice.relayed(), "hello bob"});
        bob.send(alice.relayed(), "hello alice");
        CHECK(alice.data() == FromPeer{channel, {}, "hello alice"});
    }
    CHECK(server.count(Counter::packets_hairpin) == 2 * pairs);
    CHECK(server.count(Counter::drop_send_failed) == 0);
}

TEST_CASE("a hairpin needs the permission of both sides", "[H12][F10]") {
    RunningServer server;
    auto alice = server.udp_client();
    auto bob = server.udp_client("bob", "builder");
    REQUIRE(alice.allocate());
    REQUIRE(bob.allocate());
    REQUIRE(alice.bind(channel, bob.relayed()));
    alice.send(channel, "not yet");
    REQUIRE(server.reaches(Counter::drop_no_permission, 1));
    REQUIRE(bob.permit(alice.relayed()));
    alice.send(channel, "now");
    CHECK(bob.data() == FromPeer{0, alice.relayed(), "now"});
}

TEST_CASE("a relayed address that nobody holds any more gets nothing through the kernel",
          "[H12][P5]") {
    RunningServer server;
    auto alice = server.udp_client();
    auto bob = server.udp_client("bob", "builder");
    REQUIRE(alice.allocate());
    REQUIRE(bob.allocate());
    REQUIRE(alice.bind(channel, bob.relayed()));
    REQUIRE(bob.refresh(std::chrono::seconds{0}));
    UdpSocket stranger{bob.relayed()};  // the port is free again
    alice.send(channel, "for bob");
    REQUIRE(server.reaches(Counter::drop_peer_refused, 1));
    CHECK_FALSE(stranger.receive(std::chrono::milliseconds{0}));
}

TEST_CASE("an address that another program holds stops the start and says what to do") {
    auto config = loopback_config();
    const UdpSocket holder{endpoint("127.0.0.9:0")};
    config.listen.udp = {holder.bound()};
    telemetry::Log log{{}};
    CHECK_THROWS_WITH((Server{config, log}),
                      Contains(holder.bound().to_string()) && Contains("another program"));
}

TEST_CASE("the log tells of every allocation from its beginning to its end", "[P8]") {
    RunningServer server;
    {
        auto client = server.udp_client();
        UdpSocket peer{endpoint("127.0.0.3:0")};
        REQUIRE(client.allocate());
        REQUIRE(client.bind(channel, peer.bound()));
        client.send(channel, "12345");
        REQUIRE(peer.receive());
        REQUIRE(client.refresh(std::chrono::seconds{0}));
    }
    auto other = server.udp_client("bob", "builder");
    REQUIRE(other.allocate());
    const std::string log = server.log();
    CHECK_THAT(log, Contains("server ready"));
    CHECK_THAT(log, Contains("allocation made"));
    CHECK_THAT(log, Contains("user=alice"));
    CHECK_THAT(log, Contains("lifetime_seconds=600"));
    CHECK_THAT(log, Contains("reason=deleted"));
    CHECK_THAT(log, Contains("bytes_to_peer=5"));
    CHECK_THAT(log, Contains("reason=shutdown"));
}

TEST_CASE("a stop ends every allocation and gives everything back", "[threats]") {
    const std::size_t before = test::open_descriptors();
    {
        auto config = loopback_config();
        config.server.workers = 2;
        RunningServer server{config};
        auto udp = server.udp_client();
        auto tcp = server.tcp_client();
        REQUIRE(udp.allocate());
        REQUIRE(tcp.allocate());
        CHECK(server->free_ports() == 98);
        server.stop();
        CHECK(server->free_ports() == 100);
        CHECK(server.count(Counter::allocations_ended_shutdown) == 2);
    }
    CHECK(test::open_descriptors() == before);
}

}  // namespace
}  // namespace turnpike::worker
