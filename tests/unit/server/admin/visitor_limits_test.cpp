// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/visitor_limits.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;
using protocol::IpAddress;

constexpr protocol::TimePoint noon{1000h};

TEST_CASE("a visitor may come so often at once, and then as fast as its bucket fills") {
    VisitorLimits limits{{.burst = 3, .interval = 10s}};
    const auto me = IpAddress::parse("192.0.2.1");
    for (int turn = 0; turn < 3; ++turn) CHECK(limits.take(me, noon) == std::nullopt);
    CHECK(limits.take(me, noon) == 10s);
    CHECK(limits.take(me, noon + 9s) == 1s);
    CHECK(limits.take(me, noon + 10s) == std::nullopt);
    CHECK(limits.take(me, noon + 10s) == 10s);
    for (int turn = 0; turn < 3; ++turn) CHECK(limits.take(me, noon + 1h) == std::nullopt);
    CHECK(limits.take(me, noon + 1h).has_value());
}

TEST_CASE("visitors are counted apart, but not within a /64, and a Unix socket is one") {
    VisitorLimits limits{{.burst = 1, .interval = 10s}};
    CHECK_FALSE(limits.take(IpAddress::parse("192.0.2.1"), noon));
    CHECK_FALSE(limits.take(IpAddress::parse("192.0.2.2"), noon));
    CHECK_FALSE(limits.take(IpAddress::parse("2001:db8::1"), noon));
    CHECK(limits.take(IpAddress::parse("2001:db8::2"), noon));
    CHECK_FALSE(limits.take(IpAddress::parse("2001:db8:0:1::2"), noon));
    CHECK_FALSE(limits.take(std::nullopt, noon));
    CHECK(limits.take(std::nullopt, noon));
}

TEST_CASE("a million visitors take no more room than the table has") {
    VisitorLimits limits{{.burst = 1, .interval = 10s}};
    std::size_t refused = 0;
    for (std::uint32_t each = 0; each < 1'000'000; ++each) {
        if (limits.take(IpAddress::v4(0x0A000000U + each), noon)) ++refused;
    }
    CHECK(limits.addresses() == VisitorLimits::addresses_max);
    // Who did not fit shared one bucket.
    CHECK(refused == 1'000'000 - VisitorLimits::addresses_max - 1);
    CHECK_FALSE(limits.take(IpAddress::parse("192.0.2.1"), noon + 20s));
    CHECK(limits.addresses() == 1);
}

}  // namespace
}  // namespace turnpike::admin
