// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/bookkeeping.hpp"

#include <fstream>
#include <future>

#include "tests/support/catch.hpp"
#include "tests/support/running_workers.hpp"
#include "tests/support/server_with_database.hpp"

namespace turnpike::worker {
namespace {

using test::ServerWithDatabase;

// What comes of a server that is started with this.
std::string outcome(const config::Config& config) {
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    telemetry::Log log{{.descriptor = ::fileno(file.get())}};
    Server server{config, log};
    auto run = std::async(std::launch::async, [&] { server.run(); });
    server.stop();
    try {
        run.get();
    } catch (const std::runtime_error& failure) {
        return failure.what();
    }
    return "served";
}

TEST_CASE("usage is in the database when a server has ended, and its journal is free") {
    ServerWithDatabase s;
    REQUIRE(s.server.udp_client().allocate()->success());
    CHECK(s.server->journal_fill() < 0.5);
    s.server.stop();
    CHECK(s.number("SELECT count(*) FROM usage WHERE reason = 'shutdown'") == 1);
}

TEST_CASE("a server does not start with a journal that it cannot have, or a schema of tomorrow") {
    test::EmptyDatabase database{test::Kind::sqlite};
    const test::Folder folder;
    auto config = test::loopback_config();
    config.storage.url = database.url();
    config.storage.journal = (folder.path() / "journal").string();
    CHECK(outcome(config) == "served");
    config.storage.journal = "/proc/journal";
    CHECK_THAT(outcome(config), Catch::Contains("see storage.journal"));
    config.storage.journal = (folder.path() / "journal").string();
    database.site("INSERT INTO turnpike.schema_version (version) VALUES (999)");
    CHECK_THAT(outcome(config), Catch::Contains("999"));
}

TEST_CASE("what a database and a journal tell of themselves is there once they are open") {
    test::EmptyDatabase database{test::Kind::sqlite};
    REQUIRE(storage::migrate(database.url()));
    const test::Folder folder;
    auto config = test::loopback_config();
    config.storage.url = database.url();
    config.storage.journal = folder.file("journal");
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file{std::tmpfile(), std::fclose};
    telemetry::Log log{{.descriptor = ::fileno(file.get())}};
    test::RunningWorkers nobody{0, config};
    Bookkeeping books{config, nobody.shared, nobody.post_office, log};
    CHECK_FALSE(books.metrics());
    CHECK(books.has_room());
    books.open();
    const auto metrics = books.metrics();
    REQUIRE(metrics);
    CHECK(metrics->connected);
    CHECK(metrics->journal_fill < 0.5);
    CHECK(metrics->journal_rows_waiting == 0);
    CHECK(books.has_room());
    books.close();
}

TEST_CASE("a default that can never be is done without, and that is told as it is") {
    const test::Folder folder;
    std::ofstream{folder.file("plain")} << "x";
    auto config = test::loopback_config();
    config.storage = config::load({.spare_secret = "spare"}).config.storage;
    config.storage.journal = folder.file("plain/journal");
    test::RunningServer server{config};
    CHECK(server.udp_client().allocate()->success());
    const auto metrics = server->metrics();
    REQUIRE(metrics.storage);
    CHECK_FALSE(metrics.storage->connected);
    const std::string log = server.log();
    CHECK_THAT(log, Catch::Contains("no database:"));
    CHECK_THAT(log, Catch::Contains("storage=none"));
    CHECK_THAT(log, !Catch::Contains("waits in the journal"));
}

TEST_CASE("without a database nothing is kept and nothing opened") {
    test::RunningServer server;
    CHECK(server.udp_client().allocate()->success());
    CHECK(server->journal_fill() == 0);
    CHECK_FALSE(server->metrics().storage);
}

}  // namespace
}  // namespace turnpike::worker
