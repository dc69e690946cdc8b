// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/connection.hpp"

#include <array>

#include <boost/asio/ip/tcp.hpp>

#include "storage/schema.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike::storage::postgres {
namespace {

using test::EmptyDatabase;
using test::Kind;
using namespace std::chrono_literals;

// One connection, without a pool around it.
struct Scenario {
    explicit Scenario(const std::string& url, Connection::Plan plan = {},
                      const Settings& settings = {})
        : connection{io,
                     settings,
                     plan,
                     {.ready = [this] { ready = true; },
                      .lost = [this](const Failure& failure) { lost = failure; },
                      .changed = [this](const Change& change) { changes.push_back(change); }}} {
        connection.connect(Target{url}.parameters(0));
    }
    template <typename Condition>
    bool until(Condition condition) {
        const auto end = std::chrono::steady_clock::now() + 15s;
        while (!condition() && std::chrono::steady_clock::now() < end) {
            io.restart();
            io.run_one_for(50ms);
        }
        return condition();
    }

    boost::asio::io_context io{1};
    bool ready = false;
    std::optional<Failure> lost;
    std::vector<Change> changes;
    Connection connection;
};

TEST_CASE("nobody there is told, later") {
    Scenario scenario{"host=127.0.0.1 port=1 dbname=x"};
    CHECK_FALSE(scenario.lost);
    REQUIRE(scenario.until([&] { return scenario.lost.has_value(); }));
    CHECK(scenario.lost->kind == Failure::Kind::unavailable);
    CHECK(scenario.lost->what.find("127.0.0.1") != std::string::npos);
    CHECK_FALSE(scenario.ready);
}

TEST_CASE("who takes connections and says nothing is given up") {
    boost::asio::io_context io;
    boost::asio::ip::tcp::acceptor silent{io, {boost::asio::ip::address_v4::loopback(), 0}};
    Scenario scenario{
        "host=127.0.0.1 port=" + std::to_string(silent.local_endpoint().port()) + " dbname=x",
        {},
        {.connect_timeout = 100ms}};
    REQUIRE(scenario.until([&] { return scenario.lost.has_value(); }));
    CHECK(scenario.lost->what == "no answer");
}

TEST_CASE("a database without our tables is not ready") {
    const EmptyDatabase empty{Kind::postgres};
    Scenario scenario{empty.url(), {.schema_version = schema_version()}};
    REQUIRE(scenario.until([&] { return scenario.lost.has_value(); }));
    CHECK(scenario.lost->kind == Failure::Kind::schema);
    CHECK(scenario.lost->what.find("turnpike migrate") != std::string::npos);
}

TEST_CASE("answers come in order, though one of them fails") {
    const EmptyDatabase empty{Kind::postgres};
    REQUIRE(migrate(empty.url()));
    static constexpr Statement divide{"divide", "SELECT 10 / CAST($1 AS integer)"};
    static constexpr std::array<const Statement*, 1> statements{&divide};
    Scenario scenario{empty.url(), {.statements = statements}};
    REQUIRE(scenario.until([&] { return scenario.ready; }));
    std::string answers;
    const auto ask = [&](std::int64_t by) {
        scenario.connection.execute({{&divide, {by}}}, [&](const auto& answer) {
            answers += answer ? std::to_string((*answer)[0][0].integer(0).value()) : "-";
        });
    };
    ask(5);
    ask(0);
    ask(2);
    CHECK(answers.empty());
    CHECK(scenario.connection.waiting() == 3);
    REQUIRE(scenario.until([&] { return answers.size() == 3; }));
    CHECK(answers == "2-5");
    CHECK(scenario.connection.waiting() == 0);
}

TEST_CASE("only who listens hears of changes") {
    const EmptyDatabase empty{Kind::postgres};
    REQUIRE(migrate(empty.url()));
    Scenario listens{empty.url(), {.listens = true}};
    Scenario deaf{empty.url()};
    REQUIRE(listens.until([&] { return listens.ready; }));
    REQUIRE(deaf.until([&] { return deaf.ready; }));
    empty.site("SELECT turnpike.changed('account', 'r', 'n')");
    REQUIRE(listens.until([&] { return !listens.changes.empty(); }));
    deaf.io.restart();
    deaf.io.poll();
    CHECK(listens.changes == std::vector<Change>{{"account", "r", "n"}});
    CHECK(deaf.changes.empty());
}

TEST_CASE("a connection may go while it is answered") {
    const EmptyDatabase empty{Kind::postgres};
    REQUIRE(migrate(empty.url()));
    static constexpr Statement one{"one", "SELECT 1"};
    static constexpr std::array<const Statement*, 1> statements{&one};
    boost::asio::io_context io{1};
    std::unique_ptr<Connection> connection;
    bool answered = false;
    connection = std::make_unique<Connection>(
        io, Settings{}, Connection::Plan{.statements = statements},
        Connection::Events{.ready =
                               [&] {
                                   connection->execute({{&one, {}}}, [&](const auto&) {
                                       answered = true;
                                       connection.reset();
                                   });
                               },
                           .lost = [](const Failure&) {},
                           .changed = [](const Change&) {}});
    connection->connect(Target{empty.url()}.parameters(0));
    io.run_for(15s);
    CHECK(answered);
    CHECK_FALSE(connection);
}

}  // namespace
}  // namespace turnpike::storage::postgres
