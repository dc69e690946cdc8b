// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/send_batch.hpp"

#include <array>
#include <string>
#include <vector>

#include "server/net/receive_batch.hpp"
#include "server/net/relay_socket.hpp"
#include "server/net/socket_options.hpp"
#include "server/net/udp_listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

using test::endpoint;
using test::UdpSocket;

// Every way that this kernel has; they behave alike.
PacketIo every_way() {
    return has_offload() ? GENERATE(PacketIo::plain, PacketIo::mmsg, PacketIo::offload)
                         : GENERATE(PacketIo::plain, PacketIo::mmsg);
}

TEST_CASE("a batch leaves from the address that is asked for", "[A31]") {
    const PacketIo io = every_way();
    const auto listener = open_udp_listener(endpoint("0.0.0.0:0"));
    const auto port = bound_to(listener->get()).port;
    const UdpSocket client{endpoint("127.0.0.1:0")};
    SendBatch batch{io};
    const auto from = GENERATE(as<std::string>{}, "127.0.0.6", "127.0.0.7");
    batch.add({listener->get(), client.bound(), *protocol::IpAddress::parse(from),
               protocol::as_octets("here")});
    CHECK(batch.flush() == 0);
    CHECK(batch.empty());
    CHECK(client.receive() == test::Datagram{{*protocol::IpAddress::parse(from), port}, "here"});
}

TEST_CASE("DSCP and ECN leave as asked for and arrive where the socket asks for them", "[L1][L2]") {
    const PacketIo io = every_way();
    const bool v6 = GENERATE(false, true);
    const auto family = v6 ? protocol::Family::ipv6 : protocol::Family::ipv4;
    const auto listener = open_udp_listener(endpoint(v6 ? "[::]:0" : "0.0.0.0:0"));
    const auto here = *protocol::IpAddress::parse(v6 ? "::1" : "127.0.0.1");
    const auto relay = open_relay_socket({here, 0});
    report_traffic_class(relay->get(), family);
    const protocol::Bytes text = protocol::as_octets("x");
    SendBatch batch{io};
    // With and without a source address beside it; the second must not carry on what the first had.
    for (const std::uint8_t traffic_class : std::array<std::uint8_t, 4>{0xB8, 0, 3, 0xFF}) {
        batch.add({listener->get(), bound_to(relay->get()), here, text, traffic_class});
        batch.add({listener->get(), bound_to(relay->get()), {}, text, traffic_class});
    }
    batch.add({listener->get(), bound_to(relay->get()), {}, text});
    CHECK(batch.flush() == 0);
    ReceiveBatch received{io};
    REQUIRE(received.receive(relay->get()) == 9);
    const std::array<std::uint8_t, 9> expected{0xB8, 0xB8, 0, 0, 3, 3, 0xFF, 0xFF, 0};
    for (std::size_t index = 0; index < expected.size(); ++index) {
        CHECK(received[index].traffic_class == expected[index]);
    }
    report_traffic_class(listener->get(), family);
    batch.add({relay->get(), {here, bound_to(listener->get()).port}, {}, text, 0x2E});
    CHECK(batch.flush() == 0);
    received.clear();
    REQUIRE(received.receive(listener->get()) == 1);
    CHECK(received[0].traffic_class == 0x2E);
    CHECK(received[0].local == here);
}

TEST_CASE("what the kernel refuses is counted and holds up nothing behind it") {
    const PacketIo io = every_way();
    const auto one = open_relay_socket(endpoint("127.0.0.1:0"));
    const auto two = open_relay_socket(endpoint("127.0.0.2:0"));
    const UdpSocket peer{endpoint("127.0.0.3:0")};
    const test::Octets larger_than_udp(65520);
    SendBatch batch{io};
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
    const PacketIo io = every_way();
    const auto relay = open_relay_socket(endpoint("127.0.0.1:0"));
    const UdpSocket peer{endpoint("127.0.0.3:0")};
    SendBatch batch{io};
    for (std::size_t index = 0; index < SendBatch::capacity; ++index) {
        CHECK_FALSE(batch.full());
        batch.add({relay->get(), peer.bound(), {}, {}});
    }
    CHECK(batch.full());
    CHECK(batch.flush() == 0);
}

TEST_CASE("a burst arrives datagram by datagram, in order, whatever became of it on the way") {
    const PacketIo io = every_way();
    const bool v6 = GENERATE(false, true);
    const auto any = endpoint(v6 ? "[::1]:0" : "127.0.0.1:0");
    const auto relay = open_relay_socket(any);
    const UdpSocket peer{any};
    const UdpSocket other{any};
    std::vector<std::string> texts;
    for (std::size_t index = 0; index < 100; ++index) {
        texts.push_back(std::string(index % 10 == 9 ? 30 : 90, 'x') + std::to_string(index));
    }
    SendBatch batch{io};
    for (const std::string& each : texts) {
        if (batch.full()) CHECK(batch.flush() == 0);
        batch.add({relay->get(), peer.bound(), {}, protocol::as_octets(each)});
    }
    batch.add({relay->get(), other.bound(), {}, protocol::as_octets("another's")});
    batch.add({relay->get(), peer.bound(), {}, {}});
    CHECK(batch.flush() == 0);
    for (const std::string& each : texts) {
        CHECK(peer.receive() == test::Datagram{bound_to(relay->get()), each});
    }
    CHECK(peer.receive() == test::Datagram{bound_to(relay->get()), ""});
    CHECK(other.receive() == test::Datagram{bound_to(relay->get()), "another's"});
}

TEST_CASE("with offload a burst takes one place of a batch, and leaves as one") {
    if (!has_offload()) return;
    const auto relay = open_relay_socket(endpoint("127.0.0.1:0"));
    const auto peer = open_relay_socket(endpoint("127.0.0.1:0"));
    accept_bursts(peer->get());
    SendBatch batch{PacketIo::offload};
    const test::Octets payload(100);
    for (std::size_t count = 0; count < 2 * SendBatch::capacity; ++count) {
        REQUIRE_FALSE(batch.full());
        batch.add({relay->get(), bound_to(peer->get()), {}, payload});
    }
    CHECK(batch.flush() == 0);
    ReceiveBatch received{PacketIo::offload};
    CHECK(received.receive(peer->get()) == 2 * SendBatch::capacity);
    CHECK_FALSE(received.is_full());
}

TEST_CASE("a path that refuses a burst gets its datagrams one by one") {
    if (!has_offload()) return;
    const auto relay = open_relay_socket(endpoint("127.0.0.1:0"));
    const auto peer = open_relay_socket(endpoint("127.0.0.1:0"));
    // Without checksums the kernel makes no bursts, whatever the device.
    const int on = 1;
    REQUIRE(::setsockopt(relay->get(), SOL_SOCKET, SO_NO_CHECK, &on, sizeof on) == 0);
    SendBatch batch{PacketIo::offload};
    ReceiveBatch received{PacketIo::offload};
    for (int round = 0; round < 2; ++round) {  // the second time nobody tries
        for (const char* const text : {"one", "two", "3"}) {
            batch.add({relay->get(), bound_to(peer->get()), {}, protocol::as_octets(text)});
        }
        CHECK(batch.flush() == 0);
        REQUIRE(received.receive(peer->get()) == 3);
        CHECK(received[0].packet.size() == 3);
        CHECK(received[2].packet.size() == 1);
        received.clear();
    }
}

}  // namespace
}  // namespace turnpike::net
