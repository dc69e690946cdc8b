// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/peer_socket.hpp"

#include <sys/socket.h>

#include "server/net/socket_options.hpp"
#include "server/net/tcp_listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tcp_pair.hpp"

namespace turnpike::net {
namespace {

using test::endpoint;

TEST_CASE("a relayed address listens from the start, and belongs to one listener", "[J4][D22]") {
    const auto relay = open_peer_listener(endpoint("127.0.0.1:0"));
    REQUIRE(relay.has_value());
    const auto local = bound_to(relay->get());
    const auto second = open_peer_listener(local);
    REQUIRE(second.has_error());
    CHECK(second.error().value() == EADDRINUSE);
}

TEST_CASE("connections leave from the relayed address and port, several at once", "[J9][J23]") {
    const bool v6 = GENERATE(false, true);
    const auto any = endpoint(v6 ? "[::1]:0" : "127.0.0.1:0");
    const auto relay = open_peer_listener(any);
    const auto local = bound_to(relay->get());
    const auto one = open_tcp_listener(any);
    const auto two = open_tcp_listener(any);
    for (const auto* peer : {&one, &two}) {
        const auto socket = connect_to_peer(local, bound_to((*peer)->get()));
        REQUIRE(socket.has_value());
        REQUIRE(test::wait_for(socket->get(), POLLOUT));
        CHECK_FALSE(connect_error(socket->get()));
        REQUIRE(test::wait_for((*peer)->get(), POLLIN));
        const auto accepted = accept_connection((*peer)->get());
        REQUIRE(accepted.has_value());
        CHECK(accepted->client == local);
        // A peer reaches the listener while connections leave from its port.
        const auto visitor = connect_to_peer(any, local);
        REQUIRE(visitor.has_value());
        REQUIRE(test::wait_for(relay->get(), POLLIN));
        CHECK(accept_connection(relay->get())->client == bound_to(visitor->get()));
    }
}

TEST_CASE("a peer that refuses is an error of the connection", "[J9]") {
    const auto relay = open_peer_listener(endpoint("127.0.0.1:0"));
    protocol::Endpoint nobody;
    {
        const auto closed = open_tcp_listener(endpoint("127.0.0.1:0"));
        nobody = bound_to(closed->get());
    }
    const auto socket = connect_to_peer(bound_to(relay->get()), nobody);
    if (socket) {
        REQUIRE(test::wait_for(socket->get(), POLLOUT));
        CHECK(connect_error(socket->get()).value() == ECONNREFUSED);
    } else {
        CHECK(socket.error().value() == ECONNREFUSED);
    }
}

TEST_CASE("a port is free again when its allocation is gone, whatever its connections left behind",
          "[J20][D32]") {
    protocol::Endpoint local;
    {
        const auto relay = open_peer_listener(endpoint("127.0.0.1:0"));
        local = bound_to(relay->get());
        const auto peer = open_tcp_listener(endpoint("127.0.0.1:0"));
        const auto socket = connect_to_peer(local, bound_to(peer->get()));
        REQUIRE(test::wait_for(peer->get(), POLLIN));
        const auto accepted = accept_connection(peer->get());
        ::shutdown(socket->get(), SHUT_WR);  // first, so that it is ours that waits in TIME_WAIT
        REQUIRE(test::at_end(accepted->socket));
    }
    CHECK(open_peer_listener(local).has_value());
}

}  // namespace
}  // namespace turnpike::net
