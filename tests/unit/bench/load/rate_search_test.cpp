// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/rate_search.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

// A server that carries this much; the search's answer.
double found(double capacity, RateSearch& search) {
    while (const auto rate = search.next()) search.tell(*rate <= capacity);
    return search.best();
}

TEST_CASE("the largest rate that passes is found within two per cent") {
    for (const double capacity : {11.0, 900.0, 10'000.0, 123'456.0, 3'000'000.0}) {
        RateSearch search{10'000};
        const double rate = found(capacity, search);
        INFO(capacity);
        CHECK(rate <= capacity);
        CHECK(rate >= capacity / 1.02);
        CHECK(search.steps() <= RateSearch::steps_max);
    }
}

TEST_CASE("where nothing passes, nothing is found, and the search ends") {
    RateSearch search{10'000};
    CHECK(found(0, search) == 0);
    CHECK(search.steps() < RateSearch::steps_max);
}

TEST_CASE("where everything passes the search ends too") {
    RateSearch search{10'000};
    CHECK(found(1e12, search) > 1e7);
}

TEST_CASE("one failure is tried again before it counts") {
    RateSearch search{10'000};
    search.tell(false);
    CHECK(search.next() == 10'000);
    search.tell(true);
    CHECK(search.next() == 20'000);
    search.tell(false);
    search.tell(false);
    CHECK(search.next() < 20'000);
    CHECK(search.best() == 10'000);
}

}  // namespace
}  // namespace turnpike::bench
