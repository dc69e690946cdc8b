// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/udp_listener.hpp"

#include <sys/socket.h>

#include "server/net/socket_options.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

TEST_CASE("several workers listen on one endpoint") {
    const auto first = open_udp_listener(test::endpoint("127.0.0.1:0"));
    REQUIRE(first.has_value());
    const auto second = open_udp_listener(bound_to(first->get()));
    REQUIRE(second.has_value());
    CHECK(bound_to(second->get()) == bound_to(first->get()));
}

TEST_CASE("an endpoint that a stranger holds is seen before it is shared") {
    // An address of its own: a port of another test's TCP may have the same number.
    const auto holder = open_udp_listener(test::endpoint("127.9.8.7:0"));
    const auto endpoint = bound_to(holder->get());
    CHECK(probe(endpoint, SOCK_DGRAM).value() == EADDRINUSE);
    CHECK_FALSE(probe(test::endpoint("127.0.0.1:0"), SOCK_DGRAM));
    CHECK_FALSE(probe(endpoint, SOCK_STREAM));
}

}  // namespace
}  // namespace turnpike::net
