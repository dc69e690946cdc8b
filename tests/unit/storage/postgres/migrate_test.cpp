// SPDX-License-Identifier: BSD-3-Clause
//
// What is PostgreSQL's alone; the rest is in storage/migrate_test.cpp.
#include "storage/postgres/migrate.hpp"

#include "tests/support/database_scenario.hpp"

namespace turnpike::storage::postgres {
namespace {

TEST_CASE("a second database of a cluster finds the role there already") {
    const test::EmptyDatabase first{test::Kind::postgres};
    const test::EmptyDatabase second{test::Kind::postgres};
    CHECK(migrate(first.url()));
    CHECK(migrate(second.url()));
    CHECK(test::Administrator{second.url()}(
              "SELECT count(*) FROM pg_roles WHERE rolname = 'turnpike_server'") == "1");
}

}  // namespace
}  // namespace turnpike::storage::postgres
