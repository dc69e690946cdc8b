// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/turn_scenario.hpp"

namespace turnpike::support {
namespace {

using namespace std::chrono_literals;

// The scenario with other rules from now on.
struct Reloaded {
    Scenario s;
    auth::PeerPolicy stricter{{.allow = {*protocol::Subnet::parse("198.51.100.7/32")},
                               .deny = {},
                               .own = {},
                               .relayed = {at("203.0.113.5:1").address}},
                              s.worker};

    void adopt(turn::Settings settings = {.relays_ipv6 = true}) {
        turn::Effects effects;
        s.dispatcher.adopt(std::move(settings), s.authenticator, stricter, effects);
        s.apply(effects);
        s.check_truth();
    }
};

TEST_CASE("permissions and channels to peers that are refused now are gone", "[rfc8656-9]") {
    Reloaded r;
    REQUIRE(r.s.alice.allocates().success());
    const Endpoint kept = at("198.51.100.7:9");
    const Endpoint refused = at("198.51.100.8:9");
    REQUIRE(r.s.alice.binds(0x4000, kept).success());
    REQUIRE(r.s.alice.binds(0x4001, refused).success());
    r.adopt();
    CHECK(r.s.routed(r.s.alice, kept, 0x4000));
    CHECK_FALSE(r.s.routed(r.s.alice, refused, 0x4001));
    CHECK(r.s.routes_of(r.s.alice) == 2);
    CHECK(r.s.alice.permits({refused}).code() == 403);
    CHECK(r.s.alice.sends(refused, "hello").silent());
}

TEST_CASE("both sides of a hairpin stay, whatever the allow list says", "[rfc8656-9]") {
    Reloaded r;
    REQUIRE(r.s.alice.allocates().success());
    REQUIRE(r.s.bob.allocates().success());
    const Endpoint bob = *r.s.allocation_of(r.s.bob)->relayed(Family::ipv4);
    REQUIRE(r.s.alice.binds(0x4000, bob).success());
    r.adopt();
    CHECK(r.s.routed(r.s.alice, bob, 0x4000));
}

TEST_CASE("new limits hold for what is asked for from now on") {
    Reloaded r;
    REQUIRE(r.s.alice.allocates().success());
    r.adopt({.channels_max = 1});
    REQUIRE(r.s.alice.binds(0x4000, at("198.51.100.7:9")).success());
    CHECK(r.s.alice.binds(0x4001, at("198.51.100.7:10")).code() == 508);
    CHECK(r.s.alice.refreshes().success());
}

}  // namespace
}  // namespace turnpike::support
