// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/create_permission.hpp"

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

Write dual() {
    return [](MessageBuilder& request) {
        request.family(AttributeType::additional_address_family, Family::ipv6);
    };
}

TEST_CASE("a permission opens one route and closes it after five minutes", "[F2][rfc8656-9]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.permits({peer_v4}).success());
    CHECK(s.routed(s.alice, any_port(peer_v4)));
    s.time_passes(300s - 1ns);
    CHECK(s.routed(s.alice, any_port(peer_v4)));
    s.time_passes(1ns);
    CHECK_FALSE(s.routed(s.alice, any_port(peer_v4)));
    CHECK(s.allocation_of(s.alice) != nullptr);
}

TEST_CASE("a permission is for an address: its port does not matter", "[F1]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.permits({peer_v4, at("198.51.100.7:1"), at("198.51.100.7:0")}).success());
    CHECK(s.routes_of(s.alice) == 1);
}

TEST_CASE("renewing, or repeating, a request moves the expiry", "[F2][F11]") {
    Scenario s;
    s.alice.allocates();
    s.alice.permits({peer_v4});
    s.time_passes(200s);
    CHECK(s.alice.repeats().success());
    s.time_passes(200s);
    CHECK(s.routed(s.alice, any_port(peer_v4)));
    s.time_passes(100s);
    CHECK_FALSE(s.routed(s.alice, any_port(peer_v4)));
}

TEST_CASE("sending does not renew a permission", "[F2][H3]") {
    Scenario s;
    s.alice.allocates();
    s.alice.permits({peer_v4});
    s.time_passes(299s);
    s.alice.sends(peer_v4, "data");
    s.time_passes(1s);
    CHECK_FALSE(s.routed(s.alice, any_port(peer_v4)));
}

TEST_CASE("at least one peer is needed, and several are allowed", "[F3]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.permits({}).code() == 400);
    CHECK(s.alice.permits({peer_v4, other_peer_v4}).success());
    CHECK(s.routes_of(s.alice) == 2);
}

TEST_CASE("one bad peer spoils the whole request", "[F4][F5][F6][F14][K2]") {
    Scenario s;
    s.alice.allocates();
    SECTION("malformed") {
        const auto broken = GENERATE(std::vector<unsigned char>{0, 1, 1, 1},
                                     std::vector<unsigned char>{0, 3, 1, 1, 1, 1, 1, 1},
                                     std::vector<unsigned char>{});
        const Answer answer =
            s.alice.asks(Method::create_permission,
                         all({[](MessageBuilder& request) {
                                  request.xor_address(AttributeType::xor_peer_address, peer_v4);
                              },
                              attribute(AttributeType::xor_peer_address, broken)}));
        CHECK(answer.code() == 400);
    }
    SECTION("of a family that the allocation lacks") {
        CHECK(s.alice.permits({peer_v4, peer_v6}).code() == 443);
    }
    SECTION("forbidden") {
        CHECK(s.alice.permits({peer_v4, private_peer}).code() == 403);
        CHECK(s.alice.permits({peer_v4, at("127.0.0.1:1")}).code() == 403);
        CHECK(s.alice.permits({peer_v4, at("224.0.0.1:1")}).code() == 403);
        CHECK(s.alice.permits({peer_v4, at("255.255.255.255:1")}).code() == 403);
        CHECK(s.alice.permits({peer_v4, at("0.0.0.0:1")}).code() == 403);
    }
    CHECK(s.routes_of(s.alice) == 0);
}

TEST_CASE("tunnels and disguises are refused as peers", "[K3][K4][P4]") {
    Scenario s;
    s.alice.allocates(dual());
    const auto* peer = GENERATE("[2001::1]:1", "[2002:c633:6407::1]:1", "[::]:1", "[ff02::1]:1",
                                "[::ffff:198.51.100.7]:1", "[::198.51.100.7]:1", "[::1]:1",
                                "[fe80::1]:1", "[fd00::1]:1");
    CHECK(s.alice.permits({at(peer)}).code() == 403);
}

TEST_CASE("one request may mix the families of a dual allocation", "[K5][K1]") {
    Scenario s;
    s.alice.allocates(dual());
    CHECK(s.alice.permits({peer_v4, peer_v6}).success());
    CHECK(s.routed(s.alice, any_port(peer_v4)));
    CHECK(s.routed(s.alice, any_port(peer_v6)));
}

TEST_CASE("permissions have a limit, and those that exist can still be renewed", "[F7]") {
    Settings settings;
    settings.permissions_max = 2;
    Scenario s{{.settings = settings}};
    s.alice.allocates();
    CHECK(s.alice.permits({peer_v4}).success());
    CHECK(s.alice.permits({other_peer_v4, at("198.51.100.9:1")}).code() == 508);
    CHECK(s.routes_of(s.alice) == 1);
    CHECK(s.alice.permits({other_peer_v4}).success());
    CHECK(s.alice.permits({at("198.51.100.9:1")}).code() == 508);
    CHECK(s.alice.permits({peer_v4, other_peer_v4}).success());
    s.time_passes(300s);
    CHECK(s.alice.permits({at("198.51.100.9:1")}).success());
}

TEST_CASE("without an allocation there is nothing to permit", "[F8]") {
    Scenario s;
    CHECK(s.alice.permits({peer_v4}).code() == 437);
}

TEST_CASE("permissions of two allocations are separate", "[F12]") {
    Scenario s;
    s.alice.allocates();
    s.bob.allocates();
    s.alice.permits({peer_v4});
    CHECK(s.routes_of(s.alice) == 1);
    CHECK(s.routes_of(s.bob) == 0);
}

TEST_CASE("another client's relayed address may be a peer while it lives", "[H12][P4]") {
    Scenario s;
    s.alice.allocates();
    const Endpoint relayed = *s.bob.allocates().relayed();
    CHECK(s.alice.permits({relayed}).success());
    CHECK(s.alice.sends(relayed, "hello").relayed_to_peer());
    CHECK(s.alice.binds(0x4000, relayed).success());
    s.bob.refreshes(0s);
    CHECK(s.alice.sends(relayed, "gone").silent());
    CHECK(s.alice.binds(0x4000, relayed).code() == 403);
}

}  // namespace
}  // namespace turnpike::turn
