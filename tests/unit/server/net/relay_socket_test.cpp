// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/relay_socket.hpp"

#include "server/net/error_queue.hpp"
#include "server/net/receive_batch.hpp"
#include "server/net/send_batch.hpp"
#include "server/net/socket_options.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

using test::endpoint;
using test::UdpSocket;

TEST_CASE("a relayed address belongs to one socket", "[D22]") {
    const auto first = open_relay_socket(endpoint("127.0.0.1:0"));
    REQUIRE(first.has_value());
    const auto second = open_relay_socket(bound_to(first->get()));
    REQUIRE(second.has_error());
    CHECK(second.error().value() == EADDRINUSE);
}

TEST_CASE("an ICMP error neither ends a relay socket nor costs it a datagram", "[M7]") {
    const bool v6 = GENERATE(false, true);
    const auto any = endpoint(v6 ? "[::1]:0" : "127.0.0.1:0");
    const auto relay = open_relay_socket(any);
    const auto nobody = UdpSocket{any}.bound();  // closed again
    const UdpSocket peer{any};
    SendBatch batch;
    constexpr int rounds = 20;
    for (int round = 0; round < rounds; ++round) {
        // On loopback the error is there before the next datagram of the batch is sent.
        batch.add({relay->get(), nobody, {}, protocol::as_octets("nobody listens")});
        batch.add({relay->get(), peer.bound(), {}, protocol::as_octets("one")});
        batch.add({relay->get(), nobody, {}, protocol::as_octets("nobody listens")});
        batch.add({relay->get(), nobody, {}, protocol::as_octets("nobody listens")});
        batch.add({relay->get(), peer.bound(), {}, protocol::as_octets("two")});
        CHECK(batch.flush() == 0);
        peer.send(bound_to(relay->get()), "back");
        ReceiveBatch received;
        CHECK(received.receive(relay->get()) == 1);
        CHECK(peer.receive() == test::Datagram{bound_to(relay->get()), "one"});
        CHECK(peer.receive() == test::Datagram{bound_to(relay->get()), "two"});
    }
    CHECK(next_icmp_error(relay->get()));
}

}  // namespace
}  // namespace turnpike::net
