// SPDX-License-Identifier: BSD-3-Clause
//
// What ICE agents do with a relay (RFC 8445), played through the rules.
#include "tests/support/catch.hpp"
#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace support;

const Endpoint remote = at("198.51.100.7:4000");

TEST_CASE("an agent asks for a relay over both families and drops the slower", "[S2][P2]") {
    Scenario s;
    Client faster{s, "alice", "[2001:db8::10]:50000"};
    faster.five_tuple.server = at("[2001:db8:5::5]:3478");
    const auto transport = [](MessageBuilder& request) {
        request.requested_transport(protocol::protocol_udp);
    };
    CHECK(s.alice.asks_plainly(Method::allocate, transport).code() == 401);
    CHECK(faster.asks_plainly(Method::allocate, transport).code() == 401);
    CHECK(faster.allocates().success());
    // The other question has no follow-up, and has left nothing.
    CHECK(s.allocation_of(s.alice) == nullptr);
    CHECK(s.worker.held().size() == 1);
    s.time_passes(600s);
    CHECK(s.worker.held().empty());
}

TEST_CASE("permissions first, a channel later, for each remote candidate", "[S3]") {
    Scenario s;
    s.alice.allocates();
    const Endpoint other = at("198.51.100.8:4000");
    CHECK(s.alice.permits({remote}).success());
    CHECK(s.alice.permits({other}).success());
    CHECK(s.alice.sends(remote, "a check").relayed_to_peer());
    CHECK(s.alice.binds(0x4000, remote).success());
    CHECK(s.alice.sends(other, "a check").relayed_to_peer());
}

TEST_CASE("a refresh a minute before its end keeps a call, LIFETIME 0 frees a candidate",
          "[S4][E3]") {
    Scenario s;
    s.alice.allocates();
    for (int round = 0; round < 10; ++round) {
        s.time_passes(540s);
        const Answer refreshed = s.alice.refreshes();
        REQUIRE(refreshed.success());
        CHECK(refreshed.lifetime() == 600s);
        CHECK(s.alice.permits({remote}).success());
    }
    CHECK(s.alice.refreshes(0s).success());
    CHECK(s.allocation_of(s.alice) == nullptr);
    CHECK(s.worker.held().empty());
    CHECK(s.alice.refreshes(0s).code() == 437);
}

}  // namespace
}  // namespace turnpike::turn
