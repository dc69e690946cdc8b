// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/inherited_sockets.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "server/net/socket_options.hpp"
#include "server/net/tcp_listener.hpp"
#include "server/net/udp_listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

using test::endpoint;

// As systemd opens it: it blocks, and has none of our options but SO_REUSEPORT.
int bound(const protocol::Endpoint& where, int type) {
    auto socket = open_socket(where.address.family(), type);
    REQUIRE(socket.has_value());
    REQUIRE_FALSE(set_option(*socket, SOL_SOCKET, SO_REUSEPORT, 1));
    REQUIRE_FALSE(bind_to(*socket, where));
    if (type == SOCK_STREAM) REQUIRE(::listen(socket->get(), 8) == 0);
    REQUIRE(::fcntl(socket->get(), F_SETFL, 0) == 0);
    REQUIRE(::fcntl(socket->get(), F_SETFD, 0) == 0);
    return socket->release();
}

bool is_open(int descriptor) {
    return ::fcntl(descriptor, F_GETFD) >= 0;
}

std::string refusal(int descriptor) {
    const std::array descriptors{descriptor};
    try {
        const InheritedSockets sockets{descriptors};
    } catch (const std::runtime_error& error) {
        CHECK_FALSE(is_open(descriptor));
        return error.what();
    }
    return {};
}

TEST_CASE("without sockets nothing is there to be had") {
    InheritedSockets none;
    CHECK_FALSE(none.has(endpoint("127.0.0.1:3478"), SOCK_DGRAM));
    CHECK_FALSE(none.take_udp_listener(endpoint("127.0.0.1:3478")));
    CHECK(none.share_tcp_listener(endpoint("127.0.0.1:3478")).has_error());
    CHECK(none.unclaimed().empty());
}

TEST_CASE("a datagram socket is given once, where it is bound") {
    const std::array descriptors{bound(endpoint("127.0.0.1:0"), SOCK_DGRAM)};
    const auto where = bound_to(descriptors[0]);
    InheritedSockets sockets{descriptors};
    CHECK(sockets.has(where, SOCK_DGRAM));
    CHECK_FALSE(sockets.has(where, SOCK_STREAM));
    CHECK_FALSE(sockets.take_udp_listener(endpoint("127.0.0.2:3478")));
    const auto taken = sockets.take_udp_listener(where);
    REQUIRE(taken);
    CHECK(taken->get() == descriptors[0]);
    CHECK_FALSE(sockets.take_udp_listener(where));
    CHECK(sockets.has(where, SOCK_DGRAM));
    CHECK(sockets.unclaimed().empty());
}

TEST_CASE("a datagram socket that is given back can be taken again, and no other one") {
    const std::array descriptors{bound(endpoint("127.0.0.1:0"), SOCK_DGRAM)};
    const auto where = bound_to(descriptors[0]);
    InheritedSockets sockets{descriptors};
    auto taken = sockets.take_udp_listener(where);
    REQUIRE(taken);
    sockets.give_back_udp_listener(FileDescriptor{bound(endpoint("127.0.0.1:0"), SOCK_DGRAM)});
    CHECK_FALSE(sockets.take_udp_listener(where));
    sockets.give_back_udp_listener(*std::move(taken));
    const auto again = sockets.take_udp_listener(where);
    REQUIRE(again);
    CHECK(again->get() == descriptors[0]);
}

TEST_CASE("as many datagram sockets as stand on an endpoint serve as many workers") {
    const int first = bound(endpoint("127.0.0.1:0"), SOCK_DGRAM);
    const auto where = bound_to(first);
    const std::array descriptors{first, bound(where, SOCK_DGRAM)};
    InheritedSockets sockets{descriptors};
    const auto one = sockets.take_udp_listener(where);
    const auto other = sockets.take_udp_listener(where);
    REQUIRE(one);
    REQUIRE(other);
    CHECK(one->get() != other->get());
    CHECK_FALSE(sockets.take_udp_listener(where));
}

TEST_CASE("a datagram socket that was passed tells where each datagram was sent to") {
    const std::array descriptors{bound(endpoint("127.0.0.1:0"), SOCK_DGRAM)};
    InheritedSockets sockets{descriptors};
    const auto taken = sockets.take_udp_listener(bound_to(descriptors[0]));
    REQUIRE(taken);
    int value = 0;
    socklen_t size = sizeof value;
    REQUIRE(::getsockopt(taken->get(), IPPROTO_IP, IP_PKTINFO, &value, &size) == 0);
    CHECK(value == 1);
    CHECK((::fcntl(taken->get(), F_GETFL) & O_NONBLOCK) != 0);
    CHECK((::fcntl(taken->get(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a listener that was passed is shared: whoever has a duplicate can accept") {
    const std::array descriptors{bound(endpoint("127.0.0.1:0"), SOCK_STREAM)};
    const auto where = bound_to(descriptors[0]);
    InheritedSockets sockets{descriptors};
    const auto one = sockets.share_tcp_listener(where);
    const auto other = sockets.share_tcp_listener(where);
    REQUIRE(one.has_value());
    REQUIRE(other.has_value());
    const test::TcpWire client{endpoint("127.0.0.2:0"), where};
    REQUIRE(test::wait_for(other->get(), POLLIN));
    CHECK(accept_connection(other->get()).has_value());
    CHECK(accept_connection(one->get()).error().value() == EAGAIN);
    CHECK(sockets.unclaimed().empty());
}

TEST_CASE("what nobody asked for is named") {
    const std::array descriptors{bound(endpoint("127.0.0.1:0"), SOCK_DGRAM),
                                 bound(endpoint("127.0.0.1:0"), SOCK_STREAM)};
    const std::vector<std::string> names{"UDP " + bound_to(descriptors[0]).to_string(),
                                         "TCP " + bound_to(descriptors[1]).to_string()};
    const InheritedSockets sockets{descriptors};
    CHECK(sockets.unclaimed() == names);
}

TEST_CASE("a socket of IPv6 is taken where it takes IPv6 alone") {
    const int alone = bound(endpoint("[::1]:0"), SOCK_DGRAM);
    const auto where = bound_to(alone);
    InheritedSockets sockets{std::array{alone}};
    CHECK(sockets.take_udp_listener(where));

    FileDescriptor both{::socket(AF_INET6, SOCK_DGRAM, 0)};
    const int off = 0;
    REQUIRE(::setsockopt(both.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0);
    REQUIRE_FALSE(bind_to(both, endpoint("[::]:0")));
    CHECK_THAT(refusal(both.release()), Catch::Contains("BindIPv6Only=ipv6-only"));
}

TEST_CASE("what cannot serve clients is refused with what to write instead") {
    CHECK_THAT(refusal(::socket(AF_UNIX, SOCK_STREAM, 0)), Catch::Contains("no Internet socket"));
    CHECK_THAT(refusal(::socket(AF_INET, SOCK_STREAM, 0)), Catch::Contains("Accept=no"));
    CHECK_THAT(refusal(::open("/dev/null", O_RDONLY)), Catch::Contains("no Internet socket"));
}

}  // namespace
}  // namespace turnpike::net
