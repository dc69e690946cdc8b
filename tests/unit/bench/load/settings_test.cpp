// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/settings.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("directions and modes have the names that the command line has for them") {
    CHECK(to_string(Direction::up) == "up");
    CHECK(to_string(Direction::down) == "down");
    CHECK(to_string(Direction::both) == "both");
    CHECK(to_string(Mode::channel) == "channel");
    CHECK(to_string(Mode::send) == "send");
}

}  // namespace
}  // namespace turnpike::bench
