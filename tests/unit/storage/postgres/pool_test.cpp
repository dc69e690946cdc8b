// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/pool.hpp"

#include "tests/support/database_scenario.hpp"

namespace turnpike::storage::postgres {
namespace {

using test::cluster_control;
using test::DatabaseScenario;
using test::Kind;
using namespace std::chrono_literals;

TEST_CASE("a restart of PostgreSQL is told, survived, and told again") {
    DatabaseScenario scenario{Kind::postgres};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    cluster_control("stop");
    REQUIRE(scenario.until([&] { return scenario.losses.size() == 1; }));
    const auto away = scenario.user("alice");
    REQUIRE_FALSE(away);
    CHECK(away.error().kind == Failure::Kind::unavailable);
    cluster_control("start");
    REQUIRE(scenario.until([&] { return scenario.restored == 2; }));
    CHECK(scenario.user("alice"));
    CHECK(scenario.losses.size() == 1);
}

TEST_CASE("who waits when the connection breaks is told at once") {
    DatabaseScenario scenario{Kind::postgres, {.timeout = 20s, .connections = 1}};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    test::Administrator administrator{scenario.empty.url()};
    administrator("BEGIN");
    administrator("LOCK TABLE turnpike.account");
    std::optional<Failure> failure;
    scenario.store->find_user("r", "n", [&](const auto& answer) { failure = answer.error(); });
    REQUIRE(scenario.until([&] {
        return administrator(
                   "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                   " AND datname = current_database()") == "1";
    }));
    administrator(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()");
    REQUIRE(scenario.until([&] { return failure.has_value(); }));
    CHECK(failure->kind == Failure::Kind::unavailable);
    administrator("ROLLBACK");
    CHECK(scenario.until([&] { return scenario.restored == 2; }));
}

TEST_CASE("a server that only reads says so") {
    DatabaseScenario scenario{Kind::postgres};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    test::Administrator administrator{scenario.empty.url()};
    administrator("ALTER DATABASE " + administrator("SELECT current_database()") +
                  " SET default_transaction_read_only = on");
    scenario.connect();
    REQUIRE(scenario.until([&] { return scenario.restored == 2; }));
    CHECK(scenario.user("alice"));
    const auto written =
        scenario.ask<void>([&](auto handler) { scenario.store->drop_leases("relay1", handler); });
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == Failure::Kind::read_only);
}

TEST_CASE("of several hosts the one that may be written to is found") {
    test::EmptyDatabase empty{Kind::postgres};
    REQUIRE(migrate(empty.url()));
    // Nobody listens at the first.
    std::string url = empty.url();
    url.replace(url.find("host="), 14, "host=127.0.0.1,127.0.0.1");
    const auto port = url.find("port=") + 5;
    url.insert(port, "1,");
    url += " target_session_attrs=read-write";
    boost::asio::io_context io{1};
    Pool pool{io, url, {.connections = 1}, server_statements()};
    bool restored = false;
    pool.start({.changed = [](const auto&) {},
                .restored =
                    [&] {
                        restored = true;
                        io.stop();
                    },
                .lost = [&](const auto&) { io.stop(); }});
    io.run_for(15s);
    CHECK(restored);
}

TEST_CASE("a server's role may do what a server does, and no more") {
    DatabaseScenario scenario{Kind::postgres};
    test::Administrator administrator{scenario.empty.url()};
    administrator("DROP ROLE IF EXISTS relay1");
    administrator("CREATE ROLE relay1 LOGIN IN ROLE turnpike_server");
    boost::asio::io_context io{1};
    std::string url = scenario.empty.url();
    url.replace(url.find("user=turnpike"), 13, "user=relay1");
    Pool pool{io, url, {.connections = 1}, DatabaseScenario::statements()};
    const auto run = [&](const Statement& statement, std::vector<Value> parameters) {
        std::optional<Result<std::vector<Rows>>> answer;
        pool.execute({{&statement, std::move(parameters)}}, [&](auto result) {
            answer = std::move(result);
            io.stop();
        });
        io.restart();
        io.run_for(15s);
        return *answer;
    };
    pool.start({.changed = [](const auto&) {},
                .restored = [&] { io.stop(); },
                .lost = [](const auto&) {}});
    io.run_for(15s);
    const Value realm = std::string{"r"};
    const Value name = std::string{"n"};
    const Value now = Time{1s};
    CHECK(run(statements::find_user, {realm, name}));
    CHECK(run(statements::find_call, {realm, name}));
    CHECK(run(statements::load_secrets, {realm}));
    CHECK(run(statements::used_bytes, {realm, name, name}));
    CHECK(run(statements::close_left_open, {name, name}));
    CHECK(run(statements::begin_media, {realm, name, now}));
    CHECK(run(statements::put_event, {now, name, realm, name, std::int64_t{60}, now}));
    CHECK(run(statements::see_node, {name, name, now}));
    CHECK(run(statements::put_lease, {realm, name, name, std::int64_t{1}, name, now}));
    CHECK(run(statements::drop_lease, {realm, name, name, name}));
    CHECK(run(statements::drop_leases, {name}));
    CHECK(run(statements::count_elsewhere, {realm, name, name, now}));
    CHECK(run(statements::list_participants, {realm, name, name, now}));
    CHECK(run(statements::forget_changes, {now}));
    CHECK_FALSE(run(statements::remove_account, {realm, name}));
    CHECK_FALSE(run(statements::end_call, {realm, name, now}));
    CHECK_FALSE(run(statements::put_account, {realm, name, Blob{std::string(16, 'x')}, Null{}, true,
                                              Null{}, Null{}, Null{}, Null{}, Null{}}));
}

}  // namespace
}  // namespace turnpike::storage::postgres
