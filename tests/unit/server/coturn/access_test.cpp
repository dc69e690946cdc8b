// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;

TEST_CASE("users log in with the same names and passwords") {
    const CoturnImport import{
        "lt-cred-mech\nrealm=example.org\nuser=anna:one:two=three #\n"
        "user=d\xC3\xB6rte.x:\"quoted\"\n"};
    const auto users = import.config().users;
    REQUIRE(users.size() == 2);
    CHECK(users[0] == config::User{"anna", "one:two=three #"});
    CHECK(users[1] == config::User{"d\xC3\xB6rte.x", "\"quoted\""});
    CHECK(import.config().realm == "example.org");
    CHECK(import.outcome(3) == Outcome::maps);
}

TEST_CASE("of two lines with one user the last counts") {
    const CoturnImport import{"user=anna:one\nuser=bert:x\nuser=anna:two\n"};
    CHECK(import.outcome(1) == Outcome::unused);
    CHECK(import.config().users == std::vector<config::User>{{"anna", "two"}, {"bert", "x"}});
}

TEST_CASE("beside secrets users log in too, which coturn does not let them") {
    const CoturnImport import{
        "use-auth-secret\nstatic-auth-secret=thirty-two random characters\n"
        "user=anna:password\n"};
    CHECK(import.outcome(1) == Outcome::changed);
    CHECK(import.outcome(2) == Outcome::maps);
    CHECK(import.outcome(3) == Outcome::changed);
    CHECK(import.config().users.size() == 1);
    CHECK(import.notes("<expiry>:<user>"));
}

TEST_CASE("several secrets are several secrets") {
    const CoturnImport import{
        "static-auth-secret=one secret of november\nstatic-auth-secret=one secret "
        "of december # new\nstatic-auth-secret=one secret of november\n"};
    const auto secrets = import.config().auth.secrets;
    REQUIRE(secrets.size() == 2);
    CHECK(secrets[1].secret == "one secret of december # new");
    CHECK(import.says(2, "behind \"#\""));
}

TEST_CASE("without a secret in the file the secrets are in a database") {
    CHECK(CoturnImport{"use-auth-secret\n"}.outcome(1) == Outcome::no_equal);
}

TEST_CASE("a key becomes an INSERT in a comment, for the database that is configured") {
    const std::string key = "0xBC807ee29df3c9ffa736523fb2c4e8ee";
    const CoturnImport sqlite{"realm=o'hara.org\nuser=o'hara:" + key + "\n"};
    CHECK(sqlite.outcome(2) == Outcome::no_equal);
    CHECK(sqlite.says(2, "key_md5"));
    CHECK(
        sqlite.holds("INSERT INTO account (realm, username, key_md5) VALUES ('o''hara.org', "
                     "'o''hara', x'BC807ee29df3c9ffa736523fb2c4e8ee');"));
    CHECK(sqlite.config().users.empty());
    const CoturnImport postgres{"psql-userdb=host=db\nuser=anna:" + key + "\n"};
    CHECK(
        postgres.holds("INSERT INTO turnpike.account (realm, username, key_md5) VALUES "
                       "('turnpike', 'anna', decode('BC807ee29df3c9ffa736523fb2c4e8ee', 'hex'));"));
    CHECK(report(postgres.imported, "x").find("BC807ee") == std::string::npos);
}

TEST_CASE("a login that is none is an error") {
    const std::string text = GENERATE("anna", "anna:", ":password", "anna:0x", "anna:0x1234",
                                      "anna:0xzz807ee29df3c9ffa736523fb2c4e8ee",
                                      "anna:0xbc807ee29df3c9ffa736523fb2c4e8eeff");
    CHECK(CoturnImport{"user=" + text}.outcome(1) == Outcome::wrong);
    CHECK(CoturnImport{"user=" + std::string(509, 'x') + ":y"}.outcome(1) == Outcome::wrong);
}

TEST_CASE("a realm that is longer than a realm may be is an error, and none is noted") {
    CHECK(CoturnImport{"realm=" + std::string(128, 'x')}.outcome(1) == Outcome::wrong);
    CHECK(CoturnImport{""}.notes("no realm"));
    CHECK_FALSE(CoturnImport{"realm=x"}.notes("no realm"));
}

TEST_CASE("who lets everybody in is told that nobody gets in here") {
    for (const char* open : {"", "no-auth\n", "lt-cred-mech=no\n", "no-auth\nlt-cred-mech\n"}) {
        CHECK(CoturnImport{open}.notes("lets nobody"));
    }
    for (const char* closed : {"lt-cred-mech\n", "use-auth-secret\n", "user=a:b\n", "oauth\n",
                               "static-auth-secret=0123456789abcdef\n"}) {
        CHECK_FALSE(CoturnImport{closed}.notes("lets nobody"));
    }
}

TEST_CASE("only the colon separates an expiry from a user") {
    CHECK(CoturnImport{"rest-api-separator=:\n"}.outcome(1) == Outcome::maps);
    CHECK(CoturnImport{"rest-api-separator=|\n"}.outcome(1) == Outcome::no_equal);
}

TEST_CASE("the name of the server counts with access tokens alone") {
    const CoturnImport with{"oauth\nserver-name=as.example.org\n"};
    CHECK(with.outcome(1) == Outcome::no_equal);
    CHECK(with.config().auth.access_token_server_name == "as.example.org");
    CHECK(CoturnImport{"server-name=as.example.org\n"}.outcome(1) == Outcome::unused);
    CHECK(CoturnImport{"oauth\nserver-name=" + std::string(256, 'x')}.outcome(2) == Outcome::wrong);
}

}  // namespace
}  // namespace turnpike::coturn
