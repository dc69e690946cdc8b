// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/default_addresses.hpp"

#include <sys/socket.h>

#include <algorithm>

#include "server/net/socket_options.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::net {
namespace {

// What a host has depends on its routes; what is found must be an address of its own.
TEST_CASE("every default address is one that this host can bind, and no family stands twice") {
    const auto addresses = default_addresses();
    CHECK(addresses.size() <= 2);
    CHECK(std::ranges::adjacent_find(addresses, {}, &protocol::IpAddress::family) ==
          addresses.end());
    for (const protocol::IpAddress& each : addresses) {
        INFO(each.to_string());
        const auto socket = open_socket(each.family(), SOCK_DGRAM);
        REQUIRE(socket.has_value());
        CHECK_FALSE(bind_to(*socket, {each, 0}));
    }
}

}  // namespace
}  // namespace turnpike::net
