// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/tap.hpp"

#include <net/if.h>

#include "bench/wire/frame.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"
#include "tests/support/plain_socket.hpp"

namespace turnpike::wire {
namespace {

TEST_CASE("sees what leaves and what arrives, and where") {
    const test::OwnNetwork network;
    Tap tap;
    const test::PlainSocket here{protocol::Endpoint{protocol::IpAddress::v4(0x7F000001), 4001}};
    const test::PlainSocket there{protocol::Endpoint{protocol::IpAddress::v4(0x7F000001), 4002}};
    here.send({protocol::IpAddress::v4(0x7F000001), 4002}, std::vector<std::byte>(100));
    REQUIRE(there.receive());
    int outgoing = 0;
    int incoming = 0;
    while (const auto seen = tap.next()) {
        if (!parse_frame(seen->octets)) continue;
        CHECK(seen->interface == test::OwnNetwork::loopback);
        CHECK(seen->octets.size() == 14 + 20 + 8 + 100);
        ++(seen->is_outgoing ? outgoing : incoming);
    }
    CHECK(outgoing == 1);
    CHECK(incoming == 1);
}

}  // namespace
}  // namespace turnpike::wire
