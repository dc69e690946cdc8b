// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/socket_options.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

int option(int socket, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    ::getsockopt(socket, level, name, &value, &size);
    return value;
}

TEST_CASE("sockets never block, are not inherited, and serve one family each") {
    const auto family = GENERATE(protocol::Family::ipv4, protocol::Family::ipv6);
    const auto socket = open_socket(family, SOCK_DGRAM);
    REQUIRE(socket.has_value());
    CHECK((::fcntl(socket->get(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(socket->get(), F_GETFD) & FD_CLOEXEC) != 0);
    if (family == protocol::Family::ipv6) {
        CHECK(option(socket->get(), IPPROTO_IPV6, IPV6_V6ONLY) == 1);
    }
}

TEST_CASE("DF follows what is asked for", "[L3][X22]") {
    const auto socket = open_socket(protocol::Family::ipv4, SOCK_DGRAM);
    set_dont_fragment(socket->get(), protocol::Family::ipv4, true);
    CHECK(option(socket->get(), IPPROTO_IP, IP_MTU_DISCOVER) == IP_PMTUDISC_PROBE);
    set_dont_fragment(socket->get(), protocol::Family::ipv4, false);
    CHECK(option(socket->get(), IPPROTO_IP, IP_MTU_DISCOVER) == IP_PMTUDISC_OMIT);
}

TEST_CASE("a bound socket knows its port; a bad address is an error") {
    const auto socket = open_socket(protocol::Family::ipv4, SOCK_DGRAM);
    REQUIRE_FALSE(bind_to(*socket, test::endpoint("127.0.0.1:0")));
    CHECK(bound_to(socket->get()).port != 0);
    const auto other = open_socket(protocol::Family::ipv4, SOCK_DGRAM);
    CHECK(bind_to(*other, test::endpoint("192.0.2.1:0")).value() == EADDRNOTAVAIL);
}

TEST_CASE("buffers grow as far as the system allows") {
    const auto socket = open_socket(protocol::Family::ipv4, SOCK_DGRAM);
    const int before = option(socket->get(), SOL_SOCKET, SO_RCVBUF);
    set_buffers(*socket, before * 2);
    CHECK(option(socket->get(), SOL_SOCKET, SO_RCVBUF) >= before);
}

}  // namespace
}  // namespace turnpike::net
