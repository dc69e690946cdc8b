// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/receive_batch.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "server/net/relay_socket.hpp"
#include "server/net/send_batch.hpp"
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

// Every way that this kernel has; they behave alike.
PacketIo every_way() {
    return has_offload() ? GENERATE(PacketIo::plain, PacketIo::mmsg, PacketIo::offload)
                         : GENERATE(PacketIo::plain, PacketIo::mmsg);
}

TEST_CASE("a batch yields each datagram with its source, its destination and room around it",
          "[A31]") {
    const PacketIo io = every_way();
    const bool v6 = GENERATE(false, true);
    const auto listener = open_udp_listener(endpoint(v6 ? "[::]:0" : "0.0.0.0:0"));
    REQUIRE(listener.has_value());
    const auto port = bound_to(listener->get()).port;
    const auto here = *protocol::IpAddress::parse(v6 ? "::1" : "127.0.0.5");
    const UdpSocket client{endpoint(v6 ? "[::1]:0" : "127.0.0.1:0")};
    client.send({here, port}, "one");
    client.send({here, port}, "");
    client.send({here, port}, "three");
    ReceiveBatch batch{io};
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
    const PacketIo io = every_way();
    const auto listener = open_udp_listener(endpoint("127.0.0.1:0"));
    const UdpSocket client{endpoint("127.0.0.1:0")};
    const std::string largest(65507, 'x');
    client.send(bound_to(listener->get()), largest);
    ReceiveBatch batch{io};
    REQUIRE(batch.receive(listener->get()) == 1);
    CHECK(text_of(batch[0].packet) == largest);
}

TEST_CASE("a burst that came as one is taken apart, with room around each of its datagrams") {
    if (!has_offload()) return;
    const auto listener = open_udp_listener(endpoint("0.0.0.0:0"));
    accept_bursts(listener->get());
    const auto sender = open_relay_socket(endpoint("127.0.0.1:0"));
    const protocol::Endpoint here{*protocol::IpAddress::parse("127.0.0.5"),
                                  bound_to(listener->get()).port};
    std::vector<std::string> texts;
    for (char letter = 'a'; letter < 'a' + 20; ++letter) texts.emplace_back(100, letter);
    texts.emplace_back(7, 'z');  // a shorter one ends it
    SendBatch sending{PacketIo::offload};
    for (const auto& each : texts) {
        sending.add({sender->get(), here, {}, protocol::as_octets(each), 0xB8});
    }
    CHECK(sending.flush() == 0);
    report_traffic_class(listener->get(), protocol::Family::ipv4);
    ReceiveBatch batch{PacketIo::offload};
    while (batch.size() < texts.size() && batch.receive(listener->get()) > 0) continue;
    REQUIRE(batch.size() == texts.size());
    CHECK_FALSE(batch.is_full());  // 21 datagrams, and one buffer
    for (std::size_t index = 0; index < texts.size(); ++index) {
        protocol::Packet packet = batch[index].packet;
        CHECK(text_of(packet) == texts[index]);
        CHECK(batch[index].source == bound_to(sender->get()));
        CHECK(batch[index].local == here.address);
        // What is written around it touches none of the others.
        std::ranges::fill(packet.prepend(protocol::packet_headroom), std::byte{0xFF});
        std::ranges::fill(packet.append(protocol::packet_tailroom), std::byte{0xFF});
    }
    CHECK(text_of(batch[20].packet) == texts[20]);
    CHECK(text_of(batch[0].packet) == texts[0]);
}

TEST_CASE("datagrams of several sockets stand side by side until the batch is cleared") {
    const PacketIo io = every_way();
    const auto one = open_relay_socket(endpoint("127.0.0.1:0"));
    const auto two = open_relay_socket(endpoint("127.0.0.1:0"));
    const UdpSocket peer{endpoint("127.0.0.1:0")};
    peer.send(bound_to(one->get()), "first");
    peer.send(bound_to(two->get()), "second");
    ReceiveBatch batch{io};
    REQUIRE(batch.receive(one->get()) == 1);
    REQUIRE(batch.receive(two->get()) == 1);
    CHECK(text_of(batch[0].packet) == "first");
    CHECK(text_of(batch[1].packet) == "second");
    CHECK(batch.take_buffer().size() == buffer_octets);
    batch.clear();
    CHECK(batch.size() == 0);
    for (std::size_t count = 0; count < batch_size + 1; ++count)
        peer.send(bound_to(one->get()), "x");
    CHECK(batch.receive(one->get()) == batch_size);
    CHECK(batch.is_full());
    CHECK(batch.receive(one->get()) == 0);
    batch.clear();
    CHECK(batch.receive(one->get()) == 1);
}

}  // namespace
}  // namespace turnpike::net
