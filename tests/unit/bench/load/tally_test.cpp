// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/tally.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

struct Counted {
    Counted() { tally.begin(1); }
    void comes(std::uint64_t sequence, std::uint32_t lane = 0, std::uint32_t run = 1) {
        tally.count({.run = run, .lane = lane, .sequence = sequence, .sent = 100ns}, 150ns);
    }
    Tally tally{2};
};

TEST_CASE("packets in order are delivered, and nothing else") {
    Counted counted;
    for (std::uint64_t each = 0; each < 10'000; ++each) counted.comes(each);
    CHECK(counted.tally.delivered() == 10'000);
    CHECK(counted.tally.reordered() == 0);
    CHECK(counted.tally.duplicated() == 0);
    CHECK(counted.tally.latency().quantile(0.5) == 50ns);
}

TEST_CASE("one that comes after a later one is reordered, a gap is not") {
    Counted counted;
    for (const std::uint64_t each : {0U, 3U, 1U, 4U, 9U}) counted.comes(each);
    CHECK(counted.tally.delivered() == 5);
    CHECK(counted.tally.reordered() == 1);
}

TEST_CASE("one that comes again is a duplicate, however late") {
    Counted counted;
    for (std::uint64_t each = 0; each < 100'000; ++each) counted.comes(each);
    counted.comes(0);
    counted.comes(99'999);
    CHECK(counted.tally.delivered() == 100'000);
    CHECK(counted.tally.duplicated() == 2);
    CHECK(counted.tally.reordered() == 0);
}

TEST_CASE("lanes are apart") {
    Counted counted;
    counted.comes(0, 0);
    counted.comes(0, 1);
    counted.comes(1, 1);
    CHECK(counted.tally.duplicated() == 0);
    CHECK(counted.tally.delivered(0) == 1);
    CHECK(counted.tally.delivered(1) == 2);
}

TEST_CASE("packets of another run, of no lane, or far beyond are nobody's") {
    Counted counted;
    counted.comes(0, 0, 2);
    counted.comes(0, 2);
    counted.comes(std::uint64_t{1} << 60U);
    CHECK(counted.tally.delivered() == 0);
}

TEST_CASE("a new run begins from nothing") {
    Counted counted;
    counted.comes(5);
    counted.tally.begin(2);
    counted.comes(5, 0, 2);
    CHECK(counted.tally.delivered() == 1);
    CHECK(counted.tally.duplicated() == 0);
    CHECK(counted.tally.latency().count() == 1);
}

}  // namespace
}  // namespace turnpike::bench
