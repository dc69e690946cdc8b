// SPDX-License-Identifier: BSD-3-Clause
//
// What is SQLite's alone; what holds for both databases is in storage/open_test.cpp.
#include "storage/sqlite/database.hpp"

#include <fstream>

#include "tests/support/database_scenario.hpp"

namespace turnpike::storage::sqlite {
namespace {

using test::DatabaseScenario;
using test::Kind;

TEST_CASE("a file that is no database is told, and used once it is one") {
    const test::Folder folder;
    const auto path = folder.path() / "turnpike.db";
    std::ofstream{path} << std::string(8192, 'x');
    boost::asio::io_context io{1};
    SqliteDatabase database{io, path.string(), {}};
    std::optional<Failure> lost;
    bool restored = false;
    database.start({.changed = [](const auto&) {},
                    .restored = [&] { restored = true, io.stop(); },
                    .lost = [&](const Failure& failure) { lost = failure, io.stop(); }});
    io.run_for(test::DatabaseScenario::patience);
    REQUIRE(lost);
    CHECK(lost->what.find("not a database") != std::string::npos);
    std::filesystem::remove(path);
    io.restart();
    io.run_for(test::DatabaseScenario::patience);
    CHECK(restored);
}

TEST_CASE("it may go while something waits") {
    DatabaseScenario scenario{Kind::sqlite};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    scenario.store->find_user("r", "n", [](const auto&) { FAIL("called after the end"); });
    scenario.database.reset();
    scenario.io.restart();
    scenario.io.poll();
}

}  // namespace
}  // namespace turnpike::storage::sqlite
