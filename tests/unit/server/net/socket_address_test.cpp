// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/socket_address.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

TEST_CASE("an endpoint survives the way to the kernel and back") {
    const auto endpoint = test::endpoint(
        GENERATE("192.0.2.1:3478", "[2001:db8::1]:65535", "0.0.0.0:0", "[::ffff:192.0.2.1]:5"));
    const SocketAddress address{endpoint};
    CHECK(address.endpoint() == endpoint);
    CHECK(address.size() ==
          (endpoint.address.is_v4() ? sizeof(sockaddr_in) : sizeof(sockaddr_in6)));
}

TEST_CASE("what is no Internet address is the unspecified one") {
    CHECK(SocketAddress{}.endpoint() == protocol::Endpoint{});
}

}  // namespace
}  // namespace turnpike::net
