// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/map_memory.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

TEST_CASE("each map takes what its entries do") {
    constexpr Capacity none{.routes = 0, .sessions = 0, .pools = 0, .hops = 0};
    CHECK(map_octets(none) == 0);
    CHECK(map_octets({.routes = 1, .sessions = 0, .pools = 0, .hops = 0}) == 192);
    CHECK(map_octets({.routes = 0, .sessions = 1, .pools = 0, .hops = 0}) == 256);
    CHECK(map_octets({.routes = 0, .sessions = 0, .pools = 1, .hops = 0}) == 64);
    CHECK(map_octets({.routes = 0, .sessions = 0, .pools = 0, .hops = 1}) == 24);
}

TEST_CASE("millions of routes are counted past 32 bits") {
    CHECK(map_octets({.routes = 100'000'000, .sessions = 0, .pools = 0, .hops = 0}) ==
          19'200'000'000);
}

}  // namespace
}  // namespace turnpike::xdp
