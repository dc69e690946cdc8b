// SPDX-License-Identifier: BSD-3-Clause
//
// What holds for a Database of either kind.
#include "storage/open.hpp"

#include <stdexcept>
#include <string>

#include "tests/support/database_scenario.hpp"

namespace turnpike::storage {
namespace {

using test::DatabaseScenario;
using test::EmptyDatabase;
using test::Kind;
using namespace std::chrono_literals;

TEST_CASE("what somebody else changes is heard of within a second") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    const auto heard = [&](const Change& change) {
        return scenario.until(
            [&] { return std::ranges::find(scenario.changes, change) != scenario.changes.end(); });
    };
    scenario.empty.site("INSERT INTO turnpike.call (realm, id) VALUES ('example.org', 'c-1')");
    CHECK(heard({"call", "example.org", "c-1"}));
    scenario.empty.site("INSERT INTO turnpike.secret (realm, name, secret) VALUES ('r', 'n', 's')");
    CHECK(heard({"secret", "r", ""}));
    scenario.empty.site("INSERT INTO turnpike.realm (realm) VALUES ('r')");
    CHECK(heard({"realm", "r", ""}));
    scenario.empty.site(
        "INSERT INTO turnpike.account (realm, username, key_md5)"
        " VALUES ('r', 'ali\nce', CAST('0123456789abcdef' AS " +
        std::string{scenario.empty.kind() == Kind::postgres ? "bytea" : "BLOB"} + "))");
    CHECK(heard({"account", "r", "ali\nce"}));
    scenario.changes.clear();
    scenario.empty.site("DELETE FROM turnpike.account; DELETE FROM turnpike.call");
    CHECK(heard({"account", "r", "ali\nce"}));
    CHECK(heard({"call", "example.org", "c-1"}));
    CHECK(scenario.losses.empty());
}

TEST_CASE("what it changed itself is heard of too") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    scenario.empty.site("INSERT INTO turnpike.call (realm, id, seconds) VALUES ('r', 'c', 9)");
    REQUIRE(scenario.until([&] { return scenario.changes.size() == 1; }));
    REQUIRE(scenario.ask<void>(
        [&](auto handler) { scenario.store->begin_media("r", "c", Time{1s}, handler); }));
    CHECK(scenario.until([&] { return scenario.changes.size() > 1; }));
}

TEST_CASE("a batch is done whole or not at all") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    const Call call{.realm = "r", .id = "c"};
    const auto create = [&](int times) {
        return scenario.ask<std::vector<Rows>>([&](auto handler) {
            std::vector<Query> batch;
            for (int count = 0; count < times; ++count) {
                batch.push_back({&statements::create_call,
                                 {call.realm, call.id, Null{}, Null{}, Null{}, Null{}, Null{},
                                  Null{}, Null{}}});
            }
            scenario.database->execute(std::move(batch), handler);
        });
    };
    const auto twice = create(2);
    REQUIRE_FALSE(twice);
    CHECK(twice.error().kind == Failure::Kind::refused);
    CHECK(create(1));
    CHECK_FALSE(create(1));
}

TEST_CASE("values come back as they went in") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    const std::string name = "'); DROP TABLE turnpike.account; -- \xC3\xA4\xE2\x82\xAC\\x $1";
    const Time time{std::chrono::microseconds{1'763'899'200'123'456}};
    Query put{
        &statements::put_account,
        {std::string{"r"}, name, Blob{std::string("\0\x01'\\\xFF;0123456789", 16)}, Null{}, true,
         std::string{"c"}, time, std::int64_t{9'007'199'254'740'993}, std::int64_t{1}, Null{}}};
    REQUIRE(scenario.ask<std::vector<Rows>>(
        [&](auto handler) { scenario.database->execute({put}, handler); }));
    const auto user = scenario.ask<std::optional<User>>(
        [&](auto handler) { scenario.store->find_user("r", name, handler); });
    REQUIRE(user);
    REQUIRE(*user);
    const Credential& credential = (*user)->credential;
    CHECK(credential.key_md5 == std::get<Blob>(put.parameters[2]).octets);
    CHECK(credential.key_sha256 == std::nullopt);
    CHECK(credential.deadline == time);
    CHECK(credential.limits.bytes == 9'007'199'254'740'993);
}

TEST_CASE("a database of another schema is not used, and it is said what to do") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    scenario.empty.site("INSERT INTO turnpike.schema_version (version) VALUES (9999)");
    scenario.connect();
    REQUIRE(scenario.until([&] { return !scenario.losses.empty(); }));
    CHECK(scenario.losses[0].kind == Failure::Kind::schema);
    CHECK(scenario.losses[0].what.find("upgrade this one") != std::string::npos);
    CHECK_FALSE(scenario.user("alice"));
}

TEST_CASE("no more than so much waits") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite), {.waiting_max = 4}};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    int answered = 0;
    int overloaded = 0;
    for (int count = 0; count < 8; ++count) {
        scenario.store->find_user("r", "n", [&](const auto& answer) {
            ++answered;
            if (!answer && answer.error().kind == Failure::Kind::overloaded) ++overloaded;
        });
    }
    CHECK(answered == 0);
    REQUIRE(scenario.until([&] { return answered == 8; }));
    CHECK(overloaded == 4);
}

TEST_CASE("an answer that takes too long is not waited for") {
    DatabaseScenario scenario{GENERATE(Kind::postgres, Kind::sqlite), {.timeout = 300ms}};
    REQUIRE(scenario.until([&] { return scenario.restored == 1; }));
    Kind kind = scenario.empty.kind();
    std::optional<test::Administrator> administrator;
    std::optional<sqlite::File> file;
    if (kind == Kind::postgres) {
        administrator.emplace(scenario.empty.url());
        (*administrator)("BEGIN");
        (*administrator)("LOCK TABLE turnpike.account");
    } else {
        file.emplace(sqlite::File::open({.path = scenario.empty.file().string()}).value());
        REQUIRE(file->script("BEGIN IMMEDIATE"));
    }
    const auto put = [&] {
        return scenario.ask<std::vector<Rows>>([&](auto handler) {
            scenario.database->execute(
                {{&statements::enable_account, {std::string{"r"}, std::string{"n"}, true}}},
                handler);
        });
    };
    const auto late = put();
    REQUIRE_FALSE(late);
    CHECK(late.error().kind == Failure::Kind::timed_out);
    if (administrator) (*administrator)("ROLLBACK");
    if (file) REQUIRE(file->script("ROLLBACK"));
    CHECK(scenario.until([&] { return put().has_value(); }));
}

TEST_CASE("what is no URL is refused with a reason") {
    boost::asio::io_context io;
    CHECK_THROWS_WITH(open_database(io, "postgresql://[::1", {}, {}), Catch::Contains("IPv6"));
}

}  // namespace
}  // namespace turnpike::storage
