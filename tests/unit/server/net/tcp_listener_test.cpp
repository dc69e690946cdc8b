// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/tcp_listener.hpp"

#include "server/net/socket_options.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

using test::endpoint;

TEST_CASE("an accepted connection names both of its ends") {
    const auto listener = open_tcp_listener(endpoint("127.0.0.1:0"));
    REQUIRE(listener.has_value());
    const auto server = bound_to(listener->get());
    const test::TcpWire client{endpoint("127.0.0.2:0"), server};
    REQUIRE(test::wait_for(listener->get(), POLLIN));
    const auto accepted = accept_connection(listener->get());
    REQUIRE(accepted.has_value());
    CHECK(accepted->client == client.local());
    CHECK(accepted->server == server);
}

TEST_CASE("without a connection waiting there is an error that asks for patience") {
    const auto listener = open_tcp_listener(endpoint("127.0.0.1:0"));
    const auto accepted = accept_connection(listener->get());
    REQUIRE(accepted.has_error());
    CHECK(accepted.error().value() == EAGAIN);
    CHECK_FALSE(out_of_descriptors(accepted.error()));
    CHECK(out_of_descriptors({EMFILE, boost::system::system_category()}));
}

TEST_CASE("several workers accept on one endpoint") {
    const auto first = open_tcp_listener(endpoint("127.0.0.1:0"));
    CHECK(open_tcp_listener(bound_to(first->get())).has_value());
}

}  // namespace
}  // namespace turnpike::net
