// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/database.hpp"

#include <cerrno>
#include <fstream>

#include "tests/support/database_scenario.hpp"

namespace turnpike::doctor {
namespace {

using namespace std::chrono_literals;
using storage::Failure;
using test::EmptyDatabase;
using test::Kind;

DatabaseFacts healthy() {
    return {.who = "turnpike", .name = "host=db dbname=site"};
}

Finding only(const DatabaseFacts& facts) {
    const auto findings = judge_database(facts);
    REQUIRE(findings.size() == 1);
    return findings[0];
}

config::Config at(const std::string& url) {
    config::Config config;
    config.realm = "example.org";
    config.storage.url = url;
    return config;
}

TEST_CASE("a database that answers is well, and so is none, and one that is yet to be made") {
    CHECK(only(healthy()).seen ==
          "host=db dbname=site answers, and has the tables of this version");
    CHECK(only({.is_used = false}).grade == Grade::ok);
    DatabaseFacts facts = healthy();
    facts.is_missing = true;
    facts.access = 0;
    CHECK(only(facts).grade == Grade::ok);
    CHECK(only(facts).seen.ends_with("the server makes it"));
}

TEST_CASE("a database that fails is a problem in its own words, with what to do") {
    DatabaseFacts facts = healthy();
    facts.failure = Failure{Failure::Kind::schema, "the database is at schema version 7"};
    CHECK(only(facts).grade == Grade::problem);
    CHECK(only(facts).seen == "host=db dbname=site: the database is at schema version 7");
    CHECK(only(facts).advice.find("turnpike migrate") != std::string::npos);
    facts.failure = Failure{Failure::Kind::unavailable, "Connection refused"};
    CHECK(only(facts).advice.find("storage.url") != std::string::npos);
    facts.failure = Failure{Failure::Kind::refused, "permission denied"};
    CHECK(only(facts).advice.find("role") != std::string::npos);
}

TEST_CASE("a file that the server's user cannot write is a problem") {
    DatabaseFacts facts = healthy();
    facts.access = EACCES;
    CHECK(only(facts).grade == Grade::problem);
    CHECK(only(facts).seen == "turnpike cannot write host=db dbname=site: Permission denied");
    facts.is_optional = true;
    CHECK(only(facts).grade == Grade::problem);
}

TEST_CASE("the default file that can never be made is a warning: the server does without") {
    DatabaseFacts facts = healthy();
    facts.is_missing = true;
    facts.access = EACCES;
    CHECK(only(facts).grade == Grade::problem);
    facts.is_optional = true;
    CHECK(only(facts).grade == Grade::warning);
}

TEST_CASE("a file that is there and empty gets its tables from the server") {
    const test::Folder folder;
    std::ofstream{folder.file("empty")};
    const DatabaseFacts facts = gather_database(at("sqlite:" + folder.file("empty")), std::nullopt);
    CHECK(facts.is_empty);
    CHECK_FALSE(facts.is_missing);
    CHECK(facts.access == 0);
    CHECK(only(facts) ==
          well("database", folder.file("empty") + " is empty: the server makes its tables"));
}

TEST_CASE("a database with its tables is found well, with its secret, whichever it is") {
    const EmptyDatabase database{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(storage::migrate(database.url()).has_value());
    database.site(
        "INSERT INTO turnpike.secret (realm, name, secret) VALUES "
        "('example.org', 'main', 'thirty-two random characters ...')");
    const DatabaseFacts facts = gather_database(at(database.url()), std::nullopt);
    CHECK_FALSE(facts.failure);
    CHECK(facts.secret == "thirty-two random characters ...");
    CHECK(only(facts).grade == Grade::ok);
    CHECK(facts.name.find("password") == std::string::npos);
    // SQLite has no clock but ours.
    const bool is_server = !facts.access;
    CHECK(facts.ahead.has_value() == is_server);
    if (facts.ahead) CHECK(std::chrono::abs(*facts.ahead) < 1h);
}

TEST_CASE("a database without tables is not given any") {
    const EmptyDatabase postgres{Kind::postgres};
    const DatabaseFacts facts = gather_database(at(postgres.url()), std::nullopt);
    REQUIRE(facts.failure);
    CHECK(facts.failure->kind == Failure::Kind::schema);
    const EmptyDatabase sqlite{Kind::sqlite};
    const DatabaseFacts none = gather_database(at(sqlite.url()), std::nullopt);
    CHECK(none.is_missing);
    CHECK(none.access == 0);
    CHECK_FALSE(std::filesystem::exists(sqlite.file()));
}

TEST_CASE("tables of another version, and what is no database, are told of") {
    const EmptyDatabase database{GENERATE(Kind::postgres, Kind::sqlite)};
    REQUIRE(storage::migrate(database.url()).has_value());
    database.site("INSERT INTO turnpike.schema_version (version) VALUES (999)");
    const DatabaseFacts facts = gather_database(at(database.url()), std::nullopt);
    REQUIRE(facts.failure);
    CHECK(facts.failure->kind == Failure::Kind::schema);
    const test::Folder folder;
    std::ofstream{folder.file("text")} << std::string(4096, 'x');
    CHECK(gather_database(at("sqlite:" + folder.file("text")), std::nullopt).failure);
    CHECK(gather_database(at("host=" + folder.path().string() + " dbname=site"), std::nullopt)
              .failure->kind == Failure::Kind::unavailable);
    CHECK_FALSE(gather_database(at(""), std::nullopt).is_used);
}

}  // namespace
}  // namespace turnpike::doctor
