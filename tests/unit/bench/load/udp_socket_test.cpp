// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/udp_socket.hpp"

#include <utility>

#include "bench/load/failure.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using protocol::IpAddress;

TEST_CASE("a socket knows where it is, and moves") {
    UdpSocket one{*IpAddress::parse("127.0.0.1")};
    CHECK(one.local().address == *IpAddress::parse("127.0.0.1"));
    CHECK(one.local().port > 0);
    const int descriptor = one.native_handle();
    UdpSocket other{std::move(one)};
    CHECK(other.native_handle() == descriptor);
    UdpSocket third{*IpAddress::parse("127.0.0.1")};
    third = std::move(other);
    CHECK(third.native_handle() == descriptor);
    CHECK(dropped_by(descriptor) == 0);
}

TEST_CASE("an address of another machine's is said") {
    CHECK_THROWS_AS(UdpSocket{*IpAddress::parse("192.0.2.1")}, BadStart);
}

TEST_CASE("towards loopback one is on loopback") {
    CHECK(local_address_towards({*IpAddress::parse("127.0.0.1"), 9}) ==
          *IpAddress::parse("127.0.0.1"));
}

TEST_CASE("an address is of its family") {
    CHECK(SocketAddress::of({*IpAddress::parse("::1"), 1}).storage.ss_family == AF_INET6);
    CHECK(SocketAddress::of({*IpAddress::parse("127.0.0.1"), 1}).storage.ss_family == AF_INET);
    CHECK(SocketAddress{}.octets == 0);
}

}  // namespace
}  // namespace turnpike::bench
