// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/permission.hpp"

#include <array>
#include <chrono>

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

using namespace std::chrono_literals;
using protocol::IpAddress;
using protocol::TimePoint;

constexpr AllocationId id{7};
const IpAddress v4 = IpAddress::v4(0xC6336407);
const IpAddress other_v4 = IpAddress::v4(0xC6336408);
const IpAddress v6 = *IpAddress::parse("2001:db8::7");

Route route(const IpAddress& peer) {
    return Route{{peer, 0}, 0};
}

TEST_CASE("a permission is one route, closed on its tick", "[F2][rfc8656-9]") {
    Permissions permissions{id};
    Effects effects;
    permissions.install(v4, TimePoint{} + 300s, effects);
    CHECK(effects == Effects{InstallRoute{id, route(v4), TimePoint{} + 300s}});

    effects.clear();
    permissions.on_time(TimePoint{} + 300s - 1ns, effects);
    CHECK(effects.empty());
    permissions.on_time(TimePoint{} + 300s, effects);
    CHECK(effects == Effects{RemoveRoute{id, route(v4)}});
    CHECK(permissions.size() == 0);
    CHECK_FALSE(permissions.next_deadline());
}

TEST_CASE("renewing a permission moves the expiry of the one route", "[F11][rfc8656-10.2]") {
    Permissions permissions{id};
    Effects effects;
    permissions.install(v4, TimePoint{} + 300s, effects);
    permissions.install(v4, TimePoint{} + 400s, effects);
    CHECK(permissions.size() == 1);
    CHECK(permissions.next_deadline() == TimePoint{} + 400s);
    CHECK(effects.back() == Effect{InstallRoute{id, route(v4), TimePoint{} + 400s}});
}

TEST_CASE("the next deadline is the soonest of all permissions", "[F2]") {
    Permissions permissions{id};
    Effects effects;
    permissions.install(v4, TimePoint{} + 300s, effects);
    permissions.install(other_v4, TimePoint{} + 200s, effects);
    CHECK(permissions.next_deadline() == TimePoint{} + 200s);
    permissions.on_time(TimePoint{} + 200s, effects);
    CHECK(permissions.next_deadline() == TimePoint{} + 300s);
}

TEST_CASE("only new peers count towards the size to come", "[F7]") {
    Permissions permissions{id};
    Effects effects;
    permissions.install(v4, TimePoint{} + 300s, effects);
    CHECK(permissions.size_with(std::array{v4}) == 1);
    CHECK(permissions.size_with(std::array{v4, other_v4, v6}) == 3);
}

TEST_CASE("forgetting a family leaves the other and asks for nothing", "[E7][rfc8656-8.1]") {
    Permissions permissions{id};
    Effects effects;
    permissions.install(v4, TimePoint{} + 300s, effects);
    permissions.install(v6, TimePoint{} + 300s, effects);
    permissions.forget(protocol::Family::ipv4);
    Effects routes;
    permissions.append_routes(routes);
    CHECK(routes == Effects{InstallRoute{id, route(v6), TimePoint{} + 300s}});
}

}  // namespace
}  // namespace turnpike::turn
