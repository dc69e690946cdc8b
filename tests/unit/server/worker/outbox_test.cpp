// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/outbox.hpp"

#include "server/net/relay_socket.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::worker {
namespace {

using telemetry::Counter;
using test::endpoint;

TEST_CASE("more datagrams than a batch holds all leave, in order") {
    telemetry::Counters counters;
    Outbox outbox{counters, net::best_packet_io()};
    const auto socket = net::open_relay_socket(endpoint("127.0.0.1:0"));
    const test::UdpSocket peer{endpoint("127.0.0.1:0")};
    constexpr std::size_t count = net::SendBatch::capacity + 3;
    std::vector<std::string> texts;
    for (std::size_t index = 0; index < count; ++index) texts.push_back(std::to_string(index));
    for (const std::string& text : texts) {
        outbox.send({socket->get(), peer.bound(), {}, protocol::as_octets(text)});
    }
    outbox.flush();
    for (const std::string& text : texts) {
        const auto datagram = peer.receive();
        REQUIRE(datagram);
        CHECK(datagram->payload == text);
    }
    CHECK(counters.read(Counter::drop_send_failed) == 0);
}

TEST_CASE("what must not be fragmented leaves in its turn, or is refused alone", "[H4][L3]") {
    telemetry::Counters counters;
    Outbox outbox{counters, net::best_packet_io()};
    const auto socket = net::open_relay_socket(endpoint("127.0.0.1:0"));
    const test::UdpSocket peer{endpoint("127.0.0.1:0")};
    const test::Octets larger_than_udp(65520);
    outbox.send({socket->get(), peer.bound(), {}, protocol::as_octets("before")});
    outbox.send_unfragmented({socket->get(), peer.bound(), {}, protocol::as_octets("whole")});
    outbox.send_unfragmented({socket->get(), peer.bound(), {}, larger_than_udp});
    outbox.send({socket->get(), peer.bound(), {}, protocol::as_octets("after")});
    outbox.flush();
    for (const char* text : {"before", "whole", "after"}) {
        CHECK(peer.receive() == test::Datagram{net::bound_to(socket->get()), text});
    }
    CHECK(counters.read(Counter::drop_send_failed) == 1);
}

TEST_CASE("what the kernel refuses is counted") {
    telemetry::Counters counters;
    Outbox outbox{counters, net::best_packet_io()};
    const auto socket = net::open_relay_socket(endpoint("127.0.0.1:0"));
    const test::Octets larger_than_udp(65520);
    outbox.send({socket->get(), endpoint("127.0.0.1:9"), {}, larger_than_udp});
    outbox.flush();
    outbox.flush();
    CHECK(counters.read(Counter::drop_send_failed) == 1);
}

TEST_CASE("copies leave as they were, in order, however many there are") {
    telemetry::Counters counters;
    Outbox outbox{counters, net::best_packet_io()};
    const auto socket = net::open_relay_socket(endpoint("127.0.0.1:0"));
    const test::UdpSocket peer{endpoint("127.0.0.1:0")};
    const int room = 212992;
    REQUIRE(::setsockopt(peer.descriptor(), SOL_SOCKET, SO_RCVBUF, &room, sizeof room) == 0);
    constexpr std::size_t count = 18;  // more than there is room for, so it flushes by itself
    const std::string view = "view";
    for (std::size_t index = 0; index < count; ++index) {
        std::string text(16000, static_cast<char>('a' + index));
        outbox.send_copy({socket->get(), peer.bound(), {}, protocol::as_octets(text)});
        text.assign(text.size(), '?');
    }
    outbox.send({socket->get(), peer.bound(), {}, protocol::as_octets(view)});
    outbox.flush();
    for (std::size_t index = 0; index < count; ++index) {
        const auto datagram = peer.receive();
        REQUIRE(datagram);
        CHECK(datagram->payload == std::string(16000, static_cast<char>('a' + index)));
    }
    CHECK(peer.receive()->payload == view);
    CHECK(counters.read(Counter::drop_send_failed) == 0);
}

}  // namespace
}  // namespace turnpike::worker
