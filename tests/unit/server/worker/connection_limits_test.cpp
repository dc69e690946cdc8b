// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/connection_limits.hpp"

#include <utility>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using protocol::IpAddress;

IpAddress address(const char* text) {
    return *IpAddress::parse(text);
}

TEST_CASE("one address holds no more than its share, and gets back what it gives back",
          "[I8][threats]") {
    ConnectionLimits limits{10, 2};
    auto one = limits.take(address("192.0.2.1"));
    const auto two = limits.take(address("192.0.2.1"));
    CHECK(one);
    CHECK(two);
    CHECK_FALSE(limits.take(address("192.0.2.1")));
    const auto other = limits.take(address("192.0.2.2"));
    CHECK(other);
    one = {};
    const auto three = limits.take(address("192.0.2.1"));
    CHECK(three);
    CHECK(limits.held() == 3);
}

TEST_CASE("connections under TLS are counted among the others, once each") {
    ConnectionLimits limits{0, 0};
    auto plain = limits.take(address("192.0.2.1"));
    auto secured = limits.take(address("192.0.2.1"));
    secured.secure();
    secured.secure();
    CHECK(limits.held() == 2);
    CHECK(limits.held_secured() == 1);
    ConnectionLimits::Place moved = std::move(secured);
    CHECK(limits.held_secured() == 1);
    plain = {};
    CHECK(limits.held_secured() == 1);
    moved = {};
    CHECK(limits.held() == 0);
    CHECK(limits.held_secured() == 0);
}

TEST_CASE("a place that there was none of cannot be secured") {
    ConnectionLimits limits{1, 0};
    const auto only = limits.take(address("192.0.2.1"));
    auto none = limits.take(address("192.0.2.1"));
    none.secure();
    CHECK(limits.held_secured() == 0);
}

TEST_CASE("a /64 of IPv6 counts as one address", "[threats]") {
    ConnectionLimits limits{10, 1};
    const auto one = limits.take(address("2001:db8::1"));
    CHECK(one);
    CHECK_FALSE(limits.take(address("2001:db8::ffff:1")));
    CHECK(limits.take(address("2001:db8:0:1::1")));
}

TEST_CASE("all addresses together hold no more than the total", "[threats]") {
    ConnectionLimits limits{3, 0};
    std::vector<ConnectionLimits::Place> places;
    for (std::uint32_t host = 0; host < 3; ++host) {
        REQUIRE(places.emplace_back(limits.take(IpAddress::v4(host))));
    }
    CHECK_FALSE(limits.take(IpAddress::v4(9)));
    places.erase(places.begin());
    CHECK(limits.take(IpAddress::v4(9)));
}

TEST_CASE("a place that moves is given back once, by whom it moved to", "[I8]") {
    ConnectionLimits limits{1, 1};
    {
        auto place = limits.take(address("192.0.2.1"));
        const auto moved = std::move(place);
        CHECK(moved);
        place = {};
        CHECK(limits.held() == 1);
    }
    CHECK(limits.held() == 0);
}

}  // namespace
}  // namespace turnpike::worker
