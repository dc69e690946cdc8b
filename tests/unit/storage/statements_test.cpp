// SPDX-License-Identifier: BSD-3-Clause
#include "storage/statements.hpp"

#include <set>

#include "tests/support/database_scenario.hpp"

namespace turnpike::storage {
namespace {

TEST_CASE("every statement has a name of its own") {
    std::set<std::string_view> names;
    for (const Statement* statement : test::DatabaseScenario::statements()) {
        CHECK(names.insert(statement->name).second);
    }
}

// PostgreSQL prepares all of them when it connects, and would not be there without.
TEST_CASE("both databases understand every statement") {
    test::EmptyDatabase empty{test::Kind::sqlite};
    REQUIRE(migrate(empty.url()));
    auto file = sqlite::File::open({.path = empty.file().string()});
    REQUIRE(file);
    for (const Statement* statement : test::DatabaseScenario::statements()) {
        const auto done = file->run({statement, {}});
        INFO(statement->name << ": " << (done ? "" : done.error().what));
        CHECK((done || done.error().kind == Failure::Kind::refused));
        if (done) continue;
        // Nothing is bound: no key, and no number of rows.
        const std::string& what = done.error().what;
        CHECK((what.find("constraint failed") != std::string::npos ||
               what.find("datatype mismatch") != std::string::npos));
    }
    test::DatabaseScenario postgres{test::Kind::postgres};
    CHECK(postgres.until([&] { return postgres.restored == 1; }));
}

}  // namespace
}  // namespace turnpike::storage
