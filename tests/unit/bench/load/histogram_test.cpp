// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/histogram.hpp"

#include <cmath>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST_CASE("of nothing there is no quantile") {
    CHECK(Histogram{}.count() == 0);
    CHECK(Histogram{}.quantile(0.5) == 0ns);
}

TEST_CASE("another one's counts are taken as they are") {
    std::vector<std::uint64_t> counts(Histogram::buckets);
    counts[5] = 2;
    counts[7] = 1;
    Histogram histogram;
    histogram.add(7ns);
    histogram.add(counts);
    CHECK(histogram.count() == 4);
    CHECK(histogram.quantile(0.5) == 5ns);
    CHECK(histogram.quantile(1) == 7ns);
}

TEST_CASE("a duration is found again within 1.6 %, from nanoseconds to minutes") {
    for (const nanoseconds each : {1ns, 63ns, 64ns, 65ns, 127ns, 128ns, 999ns, 54'321ns,
                                   1'234'567ns, 987'654'321ns, nanoseconds{2min}}) {
        Histogram histogram;
        histogram.add(each);
        INFO(each.count());
        const auto found = histogram.quantile(0.5);
        CHECK(std::abs(static_cast<double>((found - each).count())) <=
              0.016 * static_cast<double>(each.count()));
    }
}

TEST_CASE("a quantile is what this share does not pass") {
    Histogram histogram;
    for (int each = 0; each < 990; ++each) histogram.add(10ns);
    for (int each = 0; each < 10; ++each) histogram.add(50ns);
    CHECK(histogram.quantile(0.5) == 10ns);
    CHECK(histogram.quantile(0.99) == 10ns);
    CHECK(histogram.quantile(0.991) == 50ns);
    CHECK(histogram.quantile(1) == 50ns);
    CHECK(histogram.quantile(0) == 10ns);
}

TEST_CASE("what is out of bounds counts as the bound") {
    Histogram histogram;
    histogram.add(-5ns);
    CHECK(histogram.quantile(1) == 0ns);
    histogram.add(std::chrono::hours{100});
    CHECK(histogram.count() == 2);
    CHECK(histogram.quantile(1) > std::chrono::minutes{59});
    CHECK(histogram.quantile(1) < std::chrono::minutes{61});
}

TEST_CASE("two histograms add up") {
    Histogram one;
    Histogram other;
    one.add(10ns);
    other.add(20ns);
    other.add(30ns);
    one.add(other);
    CHECK(one.count() == 3);
    CHECK(one.quantile(0.5) == 20ns);
}

TEST_CASE("what was added since is what is left without the earlier one") {
    Histogram histogram;
    histogram.add(10ns);
    const Histogram earlier = histogram;
    histogram.add(20ns);
    histogram.subtract(earlier);
    CHECK(histogram.count() == 1);
    CHECK(histogram.quantile(0) == 20ns);
}

}  // namespace
}  // namespace turnpike::bench
