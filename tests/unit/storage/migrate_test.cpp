// SPDX-License-Identifier: BSD-3-Clause
#include "storage/migrate.hpp"

#include <thread>

#include "storage/schema.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::storage {
namespace {

using test::EmptyDatabase;
using test::Kind;

TEST_CASE("an empty database gets its tables, and once is enough") {
    const EmptyDatabase empty{GENERATE(Kind::postgres, Kind::sqlite)};
    const auto first = migrate(empty.url());
    REQUIRE(first);
    CHECK(first->from == 0);
    CHECK(first->to == schema_version());
    CHECK(first->applied.size() == static_cast<std::size_t>(schema_version()));
    const auto second = migrate(empty.url());
    REQUIRE(second);
    CHECK(second->from == schema_version());
    CHECK(second->applied.empty());
}

TEST_CASE("two that migrate at once do it once") {
    const EmptyDatabase empty{GENERATE(Kind::postgres, Kind::sqlite)};
    std::optional<Result<Migration>> other;
    std::thread thread{[&] { other = migrate(empty.url()); }};
    const auto mine = migrate(empty.url());
    thread.join();
    REQUIRE(mine);
    REQUIRE(other->has_value());
    CHECK(mine->applied.size() + (*other)->applied.size() ==
          static_cast<std::size_t>(schema_version()));
}

TEST_CASE("what a newer program has made is left alone") {
    const EmptyDatabase empty{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(migrate(empty.url()));
    empty.site("INSERT INTO turnpike.schema_version (version) VALUES (9999)");
    const auto again = migrate(empty.url());
    REQUIRE_FALSE(again);
    CHECK(again.error().kind == Failure::Kind::schema);
}

TEST_CASE("a script that fails leaves nothing behind") {
    const EmptyDatabase empty{GENERATE(Kind::postgres, Kind::sqlite)};
    // The table is in the way of the script's own.
    empty.site(empty.kind() == Kind::postgres ? "CREATE SCHEMA turnpike"
                                              : "CREATE TABLE usage (id)");
    const auto failed = migrate(empty.url());
    REQUIRE_FALSE(failed);
    CHECK(failed.error().what.find("already exists") != std::string::npos);
    empty.site(empty.kind() == Kind::postgres ? "DROP SCHEMA turnpike" : "DROP TABLE usage");
    CHECK(migrate(empty.url()));
}

TEST_CASE("a database that is not there is a reason, not a crash") {
    const auto nowhere = migrate("host=127.0.0.1 port=1 dbname=none");
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().kind == Failure::Kind::unavailable);
    CHECK_FALSE(migrate("sqlite:/proc/turnpike/turnpike.db"));
}

}  // namespace
}  // namespace turnpike::storage
