// SPDX-License-Identifier: BSD-3-Clause
#include "storage/waiting.hpp"

#include "storage/registry.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::storage {
namespace {

using test::EmptyDatabase;
using test::Kind;

TEST_CASE("a program that may wait connects, asks, and has its answer") {
    const EmptyDatabase empty{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(migrate(empty.url()));
    Waiting waiting{empty.url(), {.connections = 1}, operator_statements()};
    REQUIRE(waiting.connect());
    Registry registry{waiting.database()};
    for (int times = 0; times < 3; ++times) {
        const auto calls = waiting.until<std::vector<Call>>(
            [&](auto handler) { registry.list_calls("example.org", {}, handler); });
        REQUIRE(calls);
        CHECK(calls->empty());
    }
}

TEST_CASE("it is told why there is no connection") {
    Waiting nobody{"host=127.0.0.1 port=1 dbname=x", {.connections = 1}, operator_statements()};
    CHECK(nobody.connect().error().kind == Failure::Kind::unavailable);
    Waiting nowhere{"sqlite:/proc/turnpike/a.db", {}, operator_statements()};
    CHECK(nowhere.connect().error().kind == Failure::Kind::unavailable);
}

}  // namespace
}  // namespace turnpike::storage
