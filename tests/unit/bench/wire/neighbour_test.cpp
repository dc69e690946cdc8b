// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/neighbour.hpp"

#include <algorithm>

#include "bench/load/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::wire {
namespace {

TEST_CASE("a neighbour is named by an interface and a MAC") {
    const test::OwnNetwork network;
    const Neighbour near = neighbour_of("near=02:00:00:00:00:0a");
    const Neighbour far = neighbour_of("far=02:00:00:00:00:0b");
    CHECK(near.interface == network.near());
    CHECK(near.mac == Mac{2, 0, 0, 0, 0, 0x0A});
    CHECK(near.own_mac == Mac{2, 0, 0, 0, 0, 1});
    const WireWay way = way_between(near, far);
    CHECK(way.from == network.near());
    CHECK(way.to == network.far());
    CHECK(std::ranges::equal(way.destination, far.mac));
    CHECK(std::ranges::equal(way.source, far.own_mac));
}

TEST_CASE("what names none is refused") {
    for (const char* text : {"lo", "lo=home", "nothing=02:00:00:00:00:0a"}) {
        CHECK_THROWS_AS(neighbour_of(text), bench::BadStart);
    }
}

}  // namespace
}  // namespace turnpike::wire
