// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/route_map.hpp"

#include "server/xdp/monotonic.hpp"
#include "tests/support/kernel_relay.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;
using test::channel;

Program small_program(std::uint32_t routes) {
    return test::load({.routes = routes, .sessions = 1, .pools = 1, .hops = 1});
}

TEST_CASE("what is installed is found, extended and removed") {
    const Program program = small_program(8);
    RouteMap routes = program.routes();
    BoundChannel bound = channel();
    bound.expires = TimePoint{1h};
    const RouteKey key = key_of(route_to_peer(bound));
    CHECK_FALSE(routes.find(key));
    CHECK(routes.extend(key, TimePoint{2h}) == Update::absent);
    CHECK(routes.remove(key) == Update::absent);
    REQUIRE(routes.install(bound) == Update::done);
    CHECK(routes.find(key)->expires_ns == monotonic_ns(TimePoint{1h}));
    REQUIRE(routes.extend(bound, TimePoint{2h}) == Update::done);
    const auto extended = routes.find(key);
    CHECK(extended->expires_ns == monotonic_ns(TimePoint{2h}));
    CHECK(extended->fingerprint == fingerprint_of(&key));
    CHECK(routes.find(key_of(route_to_client(bound)))->expires_ns == monotonic_ns(TimePoint{2h}));
    routes.remove(bound);
    CHECK_FALSE(routes.find(key));
    CHECK_FALSE(routes.find(key_of(route_to_client(bound))));
}

TEST_CASE("installing again replaces what is written") {
    const Program program = small_program(2);
    RouteMap routes = program.routes();
    BoundChannel bound = channel();
    REQUIRE(routes.install(bound) == Update::done);
    bound.hop_to_peer = 9;
    REQUIRE(routes.install(bound) == Update::done);
    CHECK(routes.find(key_of(route_to_peer(bound)))->hop == 9);
}

TEST_CASE("a full map takes a channel whole or not at all, and evicts nothing", "[H13]") {
    const Program program = small_program(3);
    RouteMap routes = program.routes();
    const BoundChannel first = channel();
    BoundChannel second = channel();
    second.client.port = 40001;
    second.relayed_inner.port = 50001;
    REQUIRE(routes.install(first) == Update::done);
    CHECK(routes.install(second) == Update::full);
    CHECK(routes.find(key_of(route_to_peer(first))));
    CHECK(routes.find(key_of(route_to_client(first))));
    CHECK_FALSE(routes.find(key_of(route_to_client(second))));
    routes.remove(first);
    CHECK(routes.install(second) == Update::done);
}

TEST_CASE("routes are removed by what they are, and by whose they are") {
    const Program program = small_program(64);
    RouteMap routes = program.routes();
    RouteMap before{routes.descriptor(), 7};
    CHECK(routes.remove_inherited() == 0);
    for (std::uint16_t index = 0; index < 20; ++index) {
        BoundChannel bound = channel();
        bound.client.port = bound.relayed_inner.port = static_cast<std::uint16_t>(40'000 + index);
        bound.session = index;
        REQUIRE((index < 5 ? before : routes).install(bound) == Update::done);
    }
    CHECK(routes.remove_if([](const RouteKey& key, const RouteEntry& entry) {
        return key.channel != 0 && entry.session % 2 == 0;
    }) == 10);
    CHECK(routes.remove_inherited() == 5 + 2);
    CHECK(routes.remove_if([](const RouteKey&, const RouteEntry&) { return true; }) == 15 + 8);
}

TEST_CASE("without a map nothing is claimed to be done") {
    RouteMap none{-1};
    CHECK(none.install(channel()) == Update::failed);
    CHECK_FALSE(none.find(key_of(route_to_peer(channel()))));
    CHECK(none.remove_inherited() == 0);
}

}  // namespace
}  // namespace turnpike::xdp
