// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/tally.hpp"

#include <thread>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

TEST_CASE("a tally counts by row and column, and is added to what others have counted") {
    Tally<2, 3> one;
    Tally<2, 3> other;
    one.add(0, 0);
    one.add(1, 2);
    one.add(1, 2);
    other.add(1, 2);
    TallyValues<2, 3> total{};
    one.add_to(total);
    other.add_to(total);
    CHECK(total == TallyValues<2, 3>{{{1, 0, 0}, {0, 0, 3}}});
}

TEST_CASE("what is taken was there before") {
    Tally<1, 2> tally;
    tally.add(0, 1);
    tally.add(0, 1);
    tally.take(0, 1);
    TallyValues<1, 2> total{};
    tally.add_to(total);
    CHECK(total == TallyValues<1, 2>{{{0, 1}}});
}

TEST_CASE(
    "who reads while another thread counts sees no more than there is, and never less than "
    "before") {
    constexpr std::uint64_t count = 20'000;
    Tally<1, 1> tally;
    std::thread owner{[&] {
        for (std::uint64_t each = 0; each < count; ++each) tally.add(0, 0);
    }};
    std::uint64_t seen = 0;
    while (seen < count) {
        TallyValues<1, 1> now{};
        tally.add_to(now);
        REQUIRE(now[0][0] >= seen);
        seen = now[0][0];
    }
    owner.join();
    CHECK(seen == count);
}

}  // namespace
}  // namespace turnpike::telemetry
