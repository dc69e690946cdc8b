// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/packet_io.hpp"

#include <array>

#include "server/net/relay_socket.hpp"
#include "server/net/socket_options.hpp"
#include "server/net/udp_listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

using test::endpoint;
using test::UdpSocket;

std::string text_of(const protocol::Packet& packet) {
    return std::string{protocol::as_text(packet.payload())};
}

TEST_CASE("a batch yields each datagram with its source, its destination and room around it",
          "[A31]") {
    const bool v6 = GENERATE(false, true);
    const auto listener = open_udp_listener(endpoint(v6 ? "[::]:0" : "0.0.0.0:0"));
    REQUIRE(listener.has_value());
    const auto port = bound_to(listener->get()).port;
    const auto here = *protocol::IpAddress::parse(v6 ? "::1" : "127.0.0.5");
    const UdpSocket client{endpoint(v6 ? "[::1]:0" : "127.0.0.1:0")};
    client.send({here, port}, "one");
    client.send({here, port}, "");
    client.send({here, port}, "three");
    ReceiveBatch batch;
    REQUIRE(batch.receive(listener->get()) == 3);
    CHECK(text_of(batch[0].packet) == "one");
    CHECK(text_of(batch[1].packet).empty());
    CHECK(text_of(batch[2].packet) == "three");
    CHECK(batch[2].source == client.bound());
    CHECK(batch[2].local == here);
    CHECK(batch[2].packet.headroom() >= protocol::packet_headroom);
    CHECK(batch[2].packet.tailroom() >= protocol::packet_tailroom);
    CHECK(batch.receive(listener->get()) == 0);
}

TEST_CASE("no datagram is ever cut", "[H11]") {
    const auto listener = open_udp_listener(endpoint("127.0.0.1:0"));
    const UdpSocket client{endpoint("127.0.0.1:0")};
    const std::string largest(65507, 'x');
    client.send(bound_to(listener->get()), largest);
    ReceiveBatch batch;
    REQUIRE(batch.receive(listener->get()) == 1);
    CHECK(text_of(batch[0].packet) == largest);
}

TEST_CASE("a batch leaves from the address that is asked for", "[A31]") {
    const auto listener = open_udp_listener(endpoint("0.0.0.0:0"));
    const auto port = bound_to(listener->get()).port;
    const UdpSocket client{endpoint("127.0.0.1:0")};
    SendBatch batch;
    const auto from = GENERATE(as<std::string>{}, "127.0.0.6", "127.0.0.7");
    batch.add({listener->get(), client.bound(), *protocol::IpAddress::parse(from),
               protocol::as_octets("here")});
    CHECK(batch.flush() == 0);
    CHECK(batch.empty());
    CHECK(client.receive() == test::Datagram{{*protocol::IpAddress::parse(from), port}, "here"});
}

TEST_CASE("DSCP and ECN leave as asked for and arrive where the socket asks for them", "[L1][L2]") {
    const bool v6 = GENERATE(false, true);
    const auto family = v6 ? protocol::Family::ipv6 : protocol::Family::ipv4;
    const auto listener = open_udp_listener(endpoint(v6 ? "[::]:0" : "0.0.0.0:0"));
    const auto here = *protocol::IpAddress::parse(v6 ? "::1" : "127.0.0.1");
    const auto relay = open_relay_socket({here, 0});
    report_traffic_class(relay->get(), family);
    const protocol::Bytes text = protocol::as_octets("x");
    SendBatch batch;
    // With and without a source address beside it; the second must not carry on what the first had.
    for (const std::uint8_t traffic_class : std::array<std::uint8_t, 4>{0xB8, 0, 3, 0xFF}) {
        batch.add({listener->get(), bound_to(relay->get()), here, text, traffic_class});
        batch.add({listener->get(), bound_to(relay->get()), {}, text, traffic_class});
    }
    batch.add({listener->get(), bound_to(relay->get()), {}, text});
    CHECK(batch.flush() == 0);
    ReceiveBatch received;
    REQUIRE(received.receive(relay->get()) == 9);
    const std::array<std::uint8_t, 9> expected{0xB8, 0xB8, 0, 0, 3, 3, 0xFF, 0xFF, 0};
    for (std::size_t index = 0; index < expected.size(); ++index) {
        CHECK(received[index].traffic_class == expected[index]);
    }
    report_traffic_class(listener->get(), family);
    batch.add({relay->get(), {here, bound_to(listener->get()).port}, {}, text, 0x2E});
    CHECK(batch.flush() == 0);
    REQUIRE(received.receive(listener->get()) == 1);
    CHECK(received[0].traffic_class == 0x2E);
    CHECK(received[0].local == here);
}

TEST_CASE("what the kernel refuses is counted and holds up nothing behind it") {
    const auto one = open_relay_socket(endpoint("127.0.0.1:0"));
    const auto two = open_relay_socket(endpoint("127.0.0.2:0"));
    const UdpSocket peer{endpoint("127.0.0.3:0")};
    const test::Octets larger_than_udp(65520);
    SendBatch batch;
    batch.add({one->get(), peer.bound(), {}, protocol::as_octets("a")});
    batch.add({one->get(), peer.bound(), {}, larger_than_udp});
    batch.add({one->get(), peer.bound(), {}, protocol::as_octets("b")});
    batch.add({two->get(), peer.bound(), {}, protocol::as_octets("c")});
    batch.add({one->get(), endpoint("[::1]:9"), {}, protocol::as_octets("wrong family")});
    CHECK(batch.flush() == 2);
    for (const char* text : {"a", "b", "c"}) {
        const auto datagram = peer.receive();
        REQUIRE(datagram);
        CHECK(datagram->payload == text);
    }
}

TEST_CASE("a batch takes no more than it has room for") {
    const auto relay = open_relay_socket(endpoint("127.0.0.1:0"));
    const UdpSocket peer{endpoint("127.0.0.3:0")};
    SendBatch batch;
    for (std::size_t index = 0; index < SendBatch::capacity; ++index) {
        CHECK_FALSE(batch.full());
        batch.add({relay->get(), peer.bound(), {}, {}});
    }
    CHECK(batch.full());
    CHECK(batch.flush() == 0);
}

}  // namespace
}  // namespace turnpike::net
