// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/packet_relay.hpp"

#include "server/net/packet_io.hpp"
#include "server/net/relay_socket.hpp"
#include "server/net/send_batch.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using telemetry::Counter;
using test::endpoint;
using test::FromPeer;
using test::loopback_config;
using test::RunningServer;
using test::UdpSocket;

constexpr std::uint16_t channel = 0x4000;

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

TEST_CASE("bursts are relayed datagram by datagram, whatever the way to the kernel") {
    using config::PacketIo;
    auto config = loopback_config();
    config.server.packet_io = GENERATE(PacketIo::plain, PacketIo::mmsg, PacketIo::automatic);
    RunningServer server{config};
    auto client = server.udp_client();
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.bind(channel, peer.bound()));
    std::vector<std::string> texts;
    for (char letter = 'a'; letter <= 'z'; ++letter) texts.emplace_back(120, letter);
    texts.emplace_back("the last one is shorter");
    net::SendBatch burst{net::best_packet_io()};
    for (const auto& text : texts) {
        burst.add({peer.descriptor(), client.relayed(), {}, protocol::as_octets(text)});
    }
    CHECK(burst.flush() == 0);
    for (const auto& text : texts) CHECK(client.data() == FromPeer{channel, {}, text});
    for (const auto& text : texts) client.send(channel, text);
    for (const auto& text : texts) {
        CHECK(peer.receive() == test::Datagram{client.relayed(), text});
    }
    CHECK(server.count(Counter::packets_to_client) == texts.size());
    CHECK(server.count(Counter::packets_to_peer) == texts.size());
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

TEST_CASE("an ICMP error from a peer reaches the client, and nothing else is lost by it",
          "[M4][M5][M7][G19][rfc8656-11.5]") {
    RunningServer server;
    const bool stream = GENERATE(false, true);
    auto client = stream ? server.tcp_client() : server.udp_client();
    UdpSocket peer{endpoint("127.0.0.3:0")};
    const auto gone = UdpSocket{endpoint("127.0.0.4:0")}.bound();  // closed again
    constexpr protocol::Icmp port_unreachable{.type = 3, .code = 3};
    REQUIRE(client.allocate());
    REQUIRE(client.permit(gone));
    REQUIRE(client.bind(channel, peer.bound()));
    constexpr int rounds = 10;  // fewer than the rate of errors would stop
    for (int round = 0; round < rounds; ++round) {
        client.send(gone, "nobody listens");
        CHECK(client.data() == FromPeer{0, gone, {}, port_unreachable});
        client.send(channel, "to the peer");
        CHECK(peer.receive() == test::Datagram{client.relayed(), "to the peer"});
        peer.send(client.relayed(), "to the client");
        CHECK(client.data() == FromPeer{channel, {}, "to the client"});
    }
    REQUIRE(client.bind(channel + 1, gone));
    client.send(channel + 1, "nobody listens");
    CHECK(client.data() == FromPeer{0, gone, {}, port_unreachable});
    CHECK(server.count(Counter::icmp_to_client) == rounds + 1);
    CHECK(server.count(Counter::drop_send_failed) == 0);
}

TEST_CASE("an error from a client that has gone disturbs no other", "[M7]") {
    RunningServer server;
    auto client = server.udp_client();
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.bind(channel, peer.bound()));
    auto gone = server.udp_client("bob", "builder");
    REQUIRE(gone.allocate());
    REQUIRE(gone.bind(channel, peer.bound()));
    const auto dead_end = gone.relayed();
    gone.hang_up();
    for (int round = 0; round < 10; ++round) {
        peer.send(dead_end, "the client's host answers with an ICMP error");
        peer.send(client.relayed(), "to the client");
        CHECK(client.data() == FromPeer{channel, {}, "to the client"});
        client.send(channel, "to the peer");
        CHECK(peer.receive() == test::Datagram{client.relayed(), "to the peer"});
    }
    CHECK(server.count(Counter::drop_send_failed) == 0);
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

TEST_CASE("the peer gets the DSCP and ECN of the client's datagram, if they are to be copied",
          "[L1][L2]") {
    const bool copies = GENERATE(true, false);
    auto config = loopback_config();
    if (!copies) config.relay.dscp = config::Dscp::best_effort;
    RunningServer server{config};
    auto wire = std::make_unique<test::UdpWire>(endpoint("127.0.0.2:0"), server.udp());
    const test::UdpWire& way = *wire;
    test::SocketClient client{std::move(wire)};
    const auto peer = net::open_relay_socket(endpoint("127.0.0.3:0"));
    net::report_traffic_class(peer->get(), protocol::Family::ipv4);
    REQUIRE(client.allocate());
    REQUIRE(client.bind(channel, net::bound_to(peer->get())));
    net::ReceiveBatch received;
    const auto class_at_peer = [&] {
        received.clear();
        REQUIRE(test::wait_for(peer->get(), POLLIN));
        REQUIRE(received.receive(peer->get()) == 1);
        return int{received[0].traffic_class};
    };
    constexpr int expedited = 0xBA;  // DSCP 46, ECT(0)
    way.mark(expedited);
    client.send(channel, "by channel");
    CHECK(class_at_peer() == (copies ? expedited : 0));
    client.send(net::bound_to(peer->get()), "by indication");
    CHECK(class_at_peer() == (copies ? expedited : 0));
    client.send(net::bound_to(peer->get()), "unfragmented", true);
    CHECK(class_at_peer() == (copies ? expedited : 0));
    way.mark(0);
    client.send(channel, "unmarked");
    CHECK(class_at_peer() == 0);
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
    // A worker counts what it has posted to another, who may be faster.
    CHECK(server.reaches(Counter::packets_to_peer_hairpin, 2 * pairs));
    CHECK(server.reaches(Counter::packets_to_client_hairpin, 2 * pairs));
    CHECK(server.count(Counter::packets_to_peer) + server.count(Counter::packets_to_client) == 0);
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

TEST_CASE("streams talk relay to relay too, and every message of one write arrives", "[H12][I5]") {
    RunningServer server;
    auto alice = server.tcp_client();
    auto bob = GENERATE(false, true) ? server.tcp_client("bob", "builder")
                                     : server.udp_client("bob", "builder");
    UdpSocket peer{endpoint("127.0.0.3:0")};
    constexpr std::uint16_t to_peer = channel + 1;
    REQUIRE(alice.allocate());
    REQUIRE(bob.allocate());
    REQUIRE(alice.bind(channel, bob.relayed()));
    REQUIRE(alice.bind(to_peer, peer.bound()));
    REQUIRE(bob.permit(alice.relayed()));
    // What goes to the peer must not be written over by the header of what goes to bob.
    test::Octets all;
    constexpr int rounds = 100;
    for (int round = 0; round < rounds; ++round) {
        const std::string text = std::to_string(round);
        for (const std::uint16_t number : {to_peer, channel}) {
            const auto message = alice.channel_data(number, text);
            all.insert(all.end(), message.begin(), message.end());
        }
    }
    alice.wire().send(all);
    for (int round = 0; round < rounds; ++round) {
        const std::string text = std::to_string(round);
        CHECK(peer.receive() == test::Datagram{alice.relayed(), text});
        CHECK(bob.data() == FromPeer{0, alice.relayed(), text});
    }
}

TEST_CASE("an allocation that is its own peer hears itself once", "[P5][H12]") {
    RunningServer server;
    auto client = server.udp_client();
    REQUIRE(client.allocate());
    REQUIRE(client.bind(channel, client.relayed()));
    client.send(channel, "echo");
    CHECK(client.data() == FromPeer{channel, {}, "echo"});
    CHECK(server.reaches(Counter::packets_to_client_hairpin, 1));
}

TEST_CASE("channel data without a binding, and with a length that lies, goes nowhere",
          "[G15][G16][G17]") {
    RunningServer server;
    auto client = server.udp_client();
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.bind(channel, peer.bound()));
    client.send(channel + 1, "unbound");
    auto lie = client.channel_data(channel, "short");
    lie.pop_back();
    client.wire().send(lie);
    auto padded = client.channel_data(channel, "exact");
    padded.resize(padded.size() + 3);
    client.wire().send(padded);
    CHECK(peer.receive() == test::Datagram{client.relayed(), "exact"});
    CHECK(server.count(Counter::drop_no_channel) == 1);
    CHECK(server.count(Counter::drop_malformed) == 1);
}

TEST_CASE("a burst arrives whole and in order", "[H10]") {
    RunningServer server;
    auto client = server.udp_client();
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.bind(channel, peer.bound()));
    constexpr int burst = 100;
    for (int number = 0; number < burst; ++number) client.send(channel, std::to_string(number));
    for (int number = 0; number < burst; ++number) {
        CHECK(peer.receive() == test::Datagram{client.relayed(), std::to_string(number)});
    }
}

}  // namespace
}  // namespace turnpike::worker
