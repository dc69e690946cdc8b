// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/channel_bind.hpp"

#include "tests/support/turn_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;

const Endpoint other_port = at("198.51.100.7:4001");

Write number(std::uint16_t channel) {
    return [channel](MessageBuilder& request) { request.channel_number(channel); };
}
Write peer(const Endpoint& endpoint) {
    return [endpoint](MessageBuilder& request) {
        request.xor_address(AttributeType::xor_peer_address, endpoint);
    };
}

TEST_CASE("a bind opens a channel for ten minutes and a permission for five", "[G4][G9]") {
    Scenario s;
    s.alice.allocates();
    s.alice.refreshes(3600s);
    CHECK(s.alice.binds(0x4000, peer_v4).success());
    CHECK(s.routed(s.alice, peer_v4, 0x4000));
    CHECK(s.routed(s.alice, any_port(peer_v4)));
    s.time_passes(300s);
    CHECK_FALSE(s.routed(s.alice, any_port(peer_v4)));
    s.time_passes(300s - 1ns);
    CHECK(s.routed(s.alice, peer_v4, 0x4000));
    s.time_passes(1ns);
    CHECK(s.routes_of(s.alice) == 0);
}

TEST_CASE("an expired permission is not there though the channel is", "[F13][X21]") {
    Scenario s;
    s.alice.allocates();
    s.alice.binds(0x4000, peer_v4);
    s.time_passes(300s);
    CHECK(s.routed(s.alice, peer_v4, 0x4000));
    CHECK_FALSE(s.routed(s.alice, any_port(peer_v4)));
    CHECK(s.alice.permits({peer_v4}).success());
    CHECK(s.routed(s.alice, any_port(peer_v4)));
}

TEST_CASE("the same pair again renews channel and permission", "[G4][G13]") {
    Scenario s;
    s.alice.allocates();
    s.alice.refreshes(3600s);
    s.alice.binds(0x4000, peer_v4);
    s.time_passes(299s);
    CHECK(s.alice.repeats().success());
    s.time_passes(299s);
    CHECK(s.routed(s.alice, any_port(peer_v4)));
    s.time_passes(300s);
    CHECK(s.routed(s.alice, peer_v4, 0x4000));
    s.time_passes(1s);
    CHECK(s.routes_of(s.alice) == 0);
}

TEST_CASE("a bind needs a channel and a peer, both well formed", "[G1]") {
    Scenario s;
    s.alice.allocates();
    const Write broken = GENERATE(
        number(0x4000), peer(peer_v4),
        all({attribute(AttributeType::channel_number, {0x40, 0}), peer(peer_v4)}),
        all({number(0x4000), attribute(AttributeType::xor_peer_address, {0, 1, 2, 3})}),
        all({number(0x4000), attribute(AttributeType::xor_peer_address, {0, 9, 0, 1, 1, 1, 1, 1})}),
        all({number(0x4000), peer(at("198.51.100.7:0"))}));
    CHECK(s.alice.asks(Method::channel_bind, broken).code() == 400);
    CHECK(s.routes_of(s.alice) == 0);
}

TEST_CASE("channels lie in the configured range", "[G2][X1]") {
    struct Row {
        std::uint16_t channel;
        int code_5766, code_8656;
    };
    const Row row = GENERATE(Row{0x0000, 400, 400}, Row{0x3FFF, 400, 400}, Row{0x4000, 0, 0},
                             Row{0x4FFF, 0, 0}, Row{0x5000, 0, 400}, Row{0x7FFE, 0, 400},
                             Row{0x7FFF, 400, 400}, Row{0x8000, 400, 400}, Row{0xFFFF, 400, 400});
    Settings settings;
    Scenario old{{.settings = settings}};
    old.alice.allocates();
    CHECK(old.alice.binds(row.channel, peer_v4).code() == row.code_5766);
    settings.channels = protocol::ChannelRange::rfc8656;
    Scenario today{{.settings = settings}};
    today.alice.allocates();
    CHECK(today.alice.binds(row.channel, peer_v4).code() == row.code_8656);
}

TEST_CASE("number and peer cannot be bound twice, and the bindings stay", "[G3][G22]") {
    Scenario s;
    s.alice.allocates();
    s.alice.binds(0x4000, peer_v4);
    CHECK(s.alice.binds(0x4000, other_port).code() == 400);
    CHECK(s.alice.binds(0x4001, peer_v4).code() == 400);
    CHECK(s.routed(s.alice, peer_v4, 0x4000));
    // Neither what failed to be bound is taken.
    CHECK(s.alice.binds(0x4001, other_port).success());
}

TEST_CASE("a channel is for address and port: other ports are other peers", "[G10]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.binds(0x4000, peer_v4).success());
    CHECK(s.alice.binds(0x4001, other_port).success());
    CHECK(s.routes_of(s.alice) == 3);
}

TEST_CASE("a peer of a family that the allocation lacks mismatches", "[G5][K2]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.binds(0x4000, peer_v6).code() == 443);
    CHECK(s.alice.binds(0x4000, peer_v4).success());
}

TEST_CASE("a forbidden peer gets no channel", "[G6][P4][K3][G22]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice.binds(0x4000, private_peer).code() == 403);
    CHECK(s.alice.binds(0x4000, at("203.0.113.5:3478")).code() == 403);
    CHECK(s.alice.binds(0x4000, peer_v4).success());
}

TEST_CASE("channels have a limit, and so have the permissions that come with them", "[G7]") {
    Settings settings;
    settings.channels_max = 2;
    settings.permissions_max = 2;
    Scenario s{{.settings = settings}};
    s.alice.allocates();
    SECTION("channels") {
        CHECK(s.alice.binds(0x4000, peer_v4).success());
        CHECK(s.alice.binds(0x4001, other_port).success());
        CHECK(s.alice.binds(0x4002, at("198.51.100.7:4002")).code() == 508);
        CHECK(s.alice.binds(0x4000, peer_v4).success());
    }
    SECTION("permissions") {
        CHECK(s.alice.permits({other_peer_v4, at("198.51.100.9:1")}).success());
        CHECK(s.alice.binds(0x4000, peer_v4).code() == 508);
        CHECK(s.alice.binds(0x4000, other_peer_v4).success());
    }
}

TEST_CASE("without an allocation there is nothing to bind", "[G8]") {
    Scenario s;
    CHECK(s.alice.binds(0x4000, peer_v4).code() == 437);
}

TEST_CASE("reserved bytes of CHANNEL-NUMBER are ignored", "[G11]") {
    Scenario s;
    s.alice.allocates();
    CHECK(s.alice
              .asks(Method::channel_bind,
                    all({attribute(AttributeType::channel_number, {0x40, 0x00, 0xFF, 0xFF}),
                         peer(peer_v4)}))
              .success());
    CHECK(s.routed(s.alice, peer_v4, 0x4000));
}

TEST_CASE("channels of two allocations are separate", "[G14]") {
    Scenario s;
    s.alice.allocates();
    s.bob.allocates();
    CHECK(s.alice.binds(0x4000, peer_v4).success());
    CHECK(s.bob.binds(0x4000, other_peer_v4).success());
    CHECK_FALSE(s.routed(s.bob, peer_v4, 0x4000));
}

TEST_CASE("after expiry number and peer can be bound anew", "[G23]") {
    Scenario s;
    s.alice.allocates();
    s.alice.refreshes(3600s);
    s.alice.binds(0x4000, peer_v4);
    s.time_passes(600s);
    CHECK(s.alice.binds(0x4000, other_port).success());
    CHECK(s.alice.binds(0x4001, peer_v4).success());
}

TEST_CASE("both halves of a dual allocation share the numbers", "[K6]") {
    Scenario s;
    s.alice.allocates([](MessageBuilder& request) {
        request.family(AttributeType::additional_address_family, Family::ipv6);
    });
    CHECK(s.alice.binds(0x4000, peer_v4).success());
    CHECK(s.alice.binds(0x4000, peer_v6).code() == 400);
    CHECK(s.alice.binds(0x4001, peer_v6).success());
    CHECK(s.alice.refreshes(0s, Family::ipv4).success());
    CHECK(s.alice.binds(0x4000, at("[2001:db8:99::8]:4000")).success());
}

}  // namespace
}  // namespace turnpike::turn
