// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/sampler.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

void deliver(Tally& tally, std::uint64_t first, std::uint64_t count,
             std::chrono::nanoseconds took) {
    for (std::uint64_t each = first; each < first + count; ++each) {
        tally.count({.run = 1, .sequence = each}, took);
    }
}

TEST_CASE("a sample is of the second that has passed, and of no other") {
    Tally tally{1};
    tally.begin(1);
    Sampler sampler;
    sampler.begin(10s);
    deliver(tally, 0, 90, 20us);
    CHECK_FALSE(sampler.look(10'999ms, 100, tally));
    REQUIRE(sampler.look(11s, 100, tally));
    CHECK(sampler.samples()[0].at == Approx(1));
    CHECK(sampler.samples()[0].sent_per_second == Approx(100));
    CHECK(sampler.samples()[0].delivered_per_second == Approx(90));
    CHECK(sampler.samples()[0].loss_percent == Approx(10));
    deliver(tally, 90, 10, 40us);
    REQUIRE(sampler.look(13s, 105, tally));
    CHECK(sampler.samples()[1].sent_per_second == Approx(2.5));
    CHECK(sampler.samples()[1].loss_percent == Approx(0));
    CHECK(sampler.samples()[1].p50_us == Approx(40).epsilon(0.02));
}

}  // namespace
}  // namespace turnpike::bench
