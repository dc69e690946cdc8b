// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;

TEST_CASE("the PostgreSQL of coturn becomes ours, and its users are to be copied") {
    const std::string option = GENERATE("psql-userdb", "sql-userdb");
    const std::string target =
        GENERATE("host=db dbname=turn user=turn password=x",
                 "postgresql://turn:x@db.example.org/turn", "postgres://db/turn");
    const CoturnImport import{option + "=\"" + target + "\"\n"};
    CHECK(import.config().storage.url == target);
    CHECK(import.outcome(1) == Outcome::changed);
    CHECK(import.notes("turnusers_lt"));
}

TEST_CASE("what libpq cannot connect to is an error") {
    const std::string target = GENERATE("mysql://db/turn", "turn");
    CHECK(CoturnImport{"psql-userdb=" + target}.outcome(1) == Outcome::wrong);
}

TEST_CASE("from SQLite users are copied by two lines of shell") {
    const CoturnImport import{"userdb=/srv/turn/turndb\n"};
    CHECK(import.outcome(1) == Outcome::no_equal);
    CHECK(import.notes("sqlite3 /srv/turn/turndb"));
    CHECK(import.config().storage.url == "sqlite:/var/lib/turnpike/turnpike.db");
    CHECK(CoturnImport{"-b /srv/db\n"}.notes("sqlite3 /srv/db"));
}

TEST_CASE("a path that a shell would take apart is not put into a command") {
    const CoturnImport import{"db=/tmp/x;rm -rf $HOME\n"};
    CHECK(import.notes("sqlite3 TURNDB"));
    CHECK_FALSE(import.notes("$HOME"));
}

TEST_CASE("logins that no line names are those of coturn's own database") {
    CHECK(CoturnImport{"lt-cred-mech\n"}.notes("sqlite3 /var/lib/turn/turndb"));
    CHECK_FALSE(CoturnImport{"lt-cred-mech\nuser=a:b\n"}.notes("turndb"));
    CHECK(CoturnImport{"use-auth-secret\n"}.notes("turndb"));
    CHECK_FALSE(
        CoturnImport{"lt-cred-mech\nstatic-auth-secret=0123456789abcdef\n"}.notes("turndb"));
    CHECK_FALSE(CoturnImport{"no-auth\n"}.notes("turndb"));
}

TEST_CASE("other databases are not read, and what to do is said") {
    const std::string option = GENERATE("mysql-userdb", "mongo-userdb", "redis-userdb");
    const CoturnImport import{option + "=host=db password=x\n"};
    CHECK(import.outcome(1) == Outcome::no_equal);
    CHECK(import.notes("key_md5"));
}

TEST_CASE("of several databases the last one counts") {
    const CoturnImport import{"psql-userdb=host=db\nuserdb=/srv/db\nredis-userdb=ip=192.0.2.1\n"};
    CHECK(import.outcome(1) == Outcome::unused);
    CHECK(import.outcome(2) == Outcome::unused);
    CHECK(import.outcome(3) == Outcome::no_equal);
    CHECK(import.config().storage.url.starts_with("sqlite:"));
}

}  // namespace
}  // namespace turnpike::coturn
