// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/histogram.hpp"

#include <numeric>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

using namespace std::chrono_literals;

TEST_CASE("what took as long as a bound is in its bucket, and what took longer in the next") {
    for (std::size_t bucket = 0; bucket < latency_bounds.size(); ++bucket) {
        Histogram histogram;
        histogram.record(latency_bounds[bucket]);
        histogram.record(latency_bounds[bucket] + 1ns);
        const HistogramValues values = histogram.read();
        CHECK(values.counts[bucket] == 1);
        CHECK(values.counts[bucket + 1] == 1);
    }
}

TEST_CASE("what took nothing is in the first bucket, and what took for ever in the last") {
    Histogram histogram;
    histogram.record(0ns);
    histogram.record(24h);
    const HistogramValues values = histogram.read();
    CHECK(values.counts.front() == 1);
    CHECK(values.counts.back() == 1);
    CHECK(values.sum == 24h);
}

TEST_CASE("less than nothing is nothing") {
    Histogram histogram;
    histogram.record(-5ms);
    CHECK(histogram.read().counts.front() == 1);
    CHECK(histogram.read().sum == 0ns);
}

TEST_CASE("the sum is of all that was recorded, past what a second has of nanoseconds") {
    Histogram histogram;
    for (int count = 0; count < 1000; ++count) histogram.record(30ms);
    const HistogramValues values = histogram.read();
    CHECK(values.sum == 30s);
    CHECK(std::accumulate(values.counts.begin(), values.counts.end(), std::uint64_t{0}) == 1000);
}

}  // namespace
}  // namespace turnpike::telemetry
