// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/channel.hpp"

#include <chrono>

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::TimePoint;

constexpr AllocationId id{7};
const Endpoint peer = *Endpoint::parse("198.51.100.7:4000");
const Endpoint other_port = *Endpoint::parse("198.51.100.7:4001");
const Endpoint peer_v6 = *Endpoint::parse("[2001:db8::7]:4000");

TEST_CASE("number and peer belong to each other alone", "[G3][rfc8656-12.2]") {
    Channels channels{id};
    Effects effects;
    CHECK(channels.may_bind(0x4000, peer));
    channels.bind(0x4000, peer, TimePoint{} + 600s, effects);
    CHECK(effects == Effects{InstallRoute{id, Route{peer, 0x4000}, TimePoint{} + 600s}});
    CHECK(channels.may_bind(0x4000, peer));
    CHECK_FALSE(channels.may_bind(0x4001, peer));
    CHECK_FALSE(channels.may_bind(0x4000, other_port));
    CHECK(channels.may_bind(0x4001, other_port));
}

TEST_CASE("a channel ends on its tick and frees number and peer at once", "[G23][rfc8656-12]") {
    Channels channels{id};
    Effects effects;
    channels.bind(0x4000, peer, TimePoint{} + 600s, effects);
    effects.clear();
    channels.on_time(TimePoint{} + 600s - 1ns, effects);
    CHECK(effects.empty());
    channels.on_time(TimePoint{} + 600s, effects);
    CHECK(effects == Effects{RemoveRoute{id, Route{peer, 0x4000}}});
    CHECK(channels.may_bind(0x4001, peer));
    CHECK(channels.may_bind(0x4000, other_port));
}

TEST_CASE("renewing a channel moves its deadline", "[G4]") {
    Channels channels{id};
    Effects effects;
    channels.bind(0x4000, peer, TimePoint{} + 600s, effects);
    channels.bind(0x4001, other_port, TimePoint{} + 700s, effects);
    CHECK(channels.next_deadline() == TimePoint{} + 600s);
    channels.bind(0x4000, peer, TimePoint{} + 800s, effects);
    CHECK(channels.next_deadline() == TimePoint{} + 700s);
    CHECK(channels.size() == 2);
}

TEST_CASE("forgetting a family leaves the other's channels", "[E7][K6]") {
    Channels channels{id};
    Effects effects;
    channels.bind(0x4000, peer, TimePoint{} + 600s, effects);
    channels.bind(0x4001, peer_v6, TimePoint{} + 600s, effects);
    channels.forget(protocol::Family::ipv6);
    CHECK(channels.contains(0x4000));
    CHECK_FALSE(channels.contains(0x4001));
    Effects routes;
    channels.append_routes(routes);
    CHECK(routes == Effects{InstallRoute{id, Route{peer, 0x4000}, TimePoint{} + 600s}});
}

}  // namespace
}  // namespace turnpike::turn
