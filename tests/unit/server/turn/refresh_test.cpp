// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/refresh.hpp"

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

Write dual() {
    return [](MessageBuilder& request) {
        request.family(AttributeType::additional_address_family, Family::ipv6);
    };
}

TEST_CASE("without an allocation there is nothing to refresh", "[E1]") {
    Scenario s;
    CHECK(s.alice.refreshes().code() == 437);
    CHECK(s.alice.refreshes(0s).code() == 437);
}

TEST_CASE("a refresh prolongs within bounds from now on", "[E2][D20]") {
    Scenario s;
    s.alice.allocates();
    s.time_passes(500s);
    CHECK(s.alice.refreshes().lifetime() == 600s);
    CHECK(s.alice.refreshes(10s).lifetime() == 600s);
    CHECK(s.alice.refreshes(1000s).lifetime() == 1000s);
    CHECK(s.alice.refreshes(9999s).lifetime() == 3600s);
    s.time_passes(3599s);
    CHECK(s.allocation_of(s.alice) != nullptr);
    s.time_passes(1s);
    CHECK(s.alice.refreshes().code() == 437);
}

TEST_CASE("lifetime zero ends everything at once and for good", "[E3][E9][X23]") {
    Scenario s;
    s.alice.allocates();
    const AllocationId id = s.allocation_of(s.alice)->id();
    s.alice.permits({peer_v4});
    s.alice.binds(0x4000, peer_v4);
    const Answer answer = s.alice.refreshes(0s);
    CHECK(answer.success());
    CHECK(answer.lifetime() == 0s);
    CHECK(s.worker.held().empty());
    CHECK(s.worker.end_of(id) == EndReason::deleted);
    CHECK(s.alice.repeats().code() == 437);
    CHECK(s.alice.refreshes().code() == 437);
    CHECK(s.alice.sends(peer_v4, "late").silent());
}

TEST_CASE("an allocation that nobody refreshes frees its relay", "[E13][E10]") {
    Scenario s;
    s.alice.allocates();
    const AllocationId id = s.allocation_of(s.alice)->id();
    s.alice.permits({peer_v4});
    s.time_passes(599s);
    CHECK(s.alice.sends(peer_v4, "data does not refresh").relayed_to_peer());
    s.time_passes(1s);
    CHECK(s.worker.held().empty());
    CHECK(s.worker.end_of(id) == EndReason::expired);
    CHECK(s.alice.sends(peer_v4, "late").silent());
}

TEST_CASE("a busy worker's late tick gives nobody extra time", "[E13]") {
    Scenario s;
    s.alice.allocates();
    s.alice.permits({peer_v4});
    s.clock_jumps(600s);
    CHECK(s.alice.refreshes().code() == 437);
    CHECK(s.worker.held().empty());
}

TEST_CASE("a family that the allocation lacks cannot be refreshed", "[E4][E8]") {
    Scenario s;
    s.alice.allocates();
    s.time_passes(100s);
    CHECK(s.alice.refreshes(1800s, Family::ipv6).code() == 443);
    CHECK(s.alice.refreshes(0s, Family::ipv6).code() == 443);
    CHECK(
        s.alice
            .asks(Method::refresh, attribute(AttributeType::requested_address_family, {7, 0, 0, 0}))
            .code() == 443);
    CHECK(s.allocation_of(s.alice)->lifetime_left(s.now.steady) == 500s);
}

TEST_CASE("a malformed Refresh changes nothing", "[E12][E8]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.asks(Method::refresh, attribute(AttributeType::lifetime, {0, 0})).code() == 400);
    CHECK(s.alice.asks(Method::refresh, attribute(AttributeType::lifetime, {})).code() == 400);
    CHECK(s.alice.asks(Method::refresh, attribute(AttributeType::requested_address_family, {1}))
              .code() == 400);
    CHECK(s.allocation_of(s.alice) != nullptr);
}

TEST_CASE("one half of a dual allocation is refreshed or given up alone", "[E5][E7]") {
    Scenario s;
    s.alice.allocates(dual());
    s.alice.permits({peer_v4, peer_v6});
    s.alice.binds(0x4000, peer_v4);
    s.alice.binds(0x4001, peer_v6);

    SECTION("given up") {
        const Answer answer = s.alice.refreshes(0s, Family::ipv4);
        CHECK(answer.lifetime() == 0s);
        CHECK_FALSE(s.routed(s.alice, any_port(peer_v4)));
        CHECK_FALSE(s.routed(s.alice, peer_v4, 0x4000));
        CHECK(s.routed(s.alice, any_port(peer_v6)));
        CHECK(s.routed(s.alice, peer_v6, 0x4001));
        CHECK(s.alice.refreshes(600s, Family::ipv4).code() == 443);
        CHECK(s.alice.permits({peer_v4}).code() == 443);
        CHECK(s.alice.sends(peer_v4, "data").silent());
        CHECK(s.alice.sends(peer_v6, "data").relayed_to_peer());
        CHECK(s.alice.refreshes(0s, Family::ipv6).success());
        CHECK(s.worker.held().empty());
    }
    SECTION("refreshed") {
        CHECK(s.alice.refreshes(1800s, Family::ipv6).lifetime() == 1800s);
        s.time_passes(600s);
        CHECK_FALSE(s.allocation_of(s.alice)->has_family(Family::ipv4));
        CHECK(s.allocation_of(s.alice)->has_family(Family::ipv6));
        s.time_passes(1200s);
        CHECK(s.worker.held().empty());
    }
}

TEST_CASE("without a family both halves are refreshed or given up", "[E6]") {
    Scenario s;
    s.alice.allocates(dual());
    CHECK(s.alice.refreshes(1800s).lifetime() == 1800s);
    s.time_passes(1799s);
    CHECK(s.allocation_of(s.alice)->has_family(Family::ipv4));
    CHECK(s.allocation_of(s.alice)->has_family(Family::ipv6));
    CHECK(s.alice.refreshes(0s).success());
    CHECK(s.worker.held().empty());
}

TEST_CASE("Refresh renews neither permissions nor channels", "[E11]") {
    Scenario s;
    s.alice.allocates();
    s.alice.binds(0x4000, peer_v4);
    s.time_passes(299s);
    s.alice.refreshes(3600s);
    s.time_passes(1s);
    CHECK_FALSE(s.routed(s.alice, any_port(peer_v4)));
    s.time_passes(299s);
    s.alice.refreshes(3600s);
    CHECK(s.routed(s.alice, peer_v4, 0x4000));
    s.time_passes(1s);
    CHECK(s.routes_of(s.alice) == 0);
}

TEST_CASE("a retransmitted Refresh refreshes again", "[E9][A35]") {
    Scenario s;
    s.alice.allocates();
    s.alice.refreshes(1000s);
    s.time_passes(10s);
    CHECK(s.alice.repeats().lifetime() == 1000s);
    CHECK(s.allocation_of(s.alice)->lifetime_left(s.now.steady) == 1000s);
}

}  // namespace
}  // namespace turnpike::turn
