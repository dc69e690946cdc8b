// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/relay_socket.hpp"

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

TEST_CASE("an unfragmented datagram arrives, and one too large for the way is refused", "[H4]") {
    const auto relay = open_relay_socket(endpoint("127.0.0.1:0"));
    const UdpSocket peer{endpoint("127.0.0.1:0")};
    CHECK(send_unfragmented(relay->get(), peer.bound(), protocol::as_octets("whole")));
    CHECK(peer.receive() == test::Datagram{bound_to(relay->get()), "whole"});
    const test::Octets larger_than_udp(65520);
    CHECK_FALSE(send_unfragmented(relay->get(), peer.bound(), larger_than_udp));
}

TEST_CASE("an ICMP error neither ends a relay socket nor costs it a datagram", "[M7]") {
    const auto relay = open_relay_socket(endpoint("127.0.0.1:0"));
    const auto nobody = UdpSocket{endpoint("127.0.0.1:0")}.bound();  // closed again
    CHECK(send_unfragmented(relay->get(), nobody, protocol::as_octets("x")));
    const UdpSocket peer{endpoint("127.0.0.1:0")};
    CHECK(send_unfragmented(relay->get(), peer.bound(), protocol::as_octets("y")));
    CHECK(peer.receive());
}

}  // namespace
}  // namespace turnpike::net
