// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/drops.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::wire {
namespace {

TEST_CASE("a new interface has dropped nothing, and one that is not there neither") {
    const test::OwnNetwork network;
    CHECK(drops_at(network.near()) == 0);
    CHECK(drops_at(12'345) == 0);
}

}  // namespace
}  // namespace turnpike::wire
