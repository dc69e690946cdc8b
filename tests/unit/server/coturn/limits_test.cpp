// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using namespace std::chrono_literals;
using test::CoturnImport;

TEST_CASE("octets a second become bits a second") {
    const CoturnImport import{"max-bps=64000\n"};
    CHECK(import.config().limits.bits_per_second == 512'000);
    CHECK(import.outcome(1) == Outcome::changed);
    CHECK(CoturnImport{"max-bps=0\n"}.outcome(1) == Outcome::maps);
}

TEST_CASE("a user's quota is taken over, and none is none") {
    CHECK(CoturnImport{"user-quota=7\n"}.config().limits.allocations_per_user == 7);
    CHECK(CoturnImport{"user-quota=0\n"}.config().limits.allocations_per_user == 0);
    const CoturnImport none{""};
    CHECK(none.config().limits.allocations_per_user == 0);
    CHECK(none.notes("no user-quota"));
}

TEST_CASE("quotas of the whole server have no equal, unless they are none") {
    CHECK(CoturnImport{"total-quota=100\n"}.outcome(1) == Outcome::no_equal);
    CHECK(CoturnImport{"total-quota=0\n"}.outcome(1) == Outcome::maps);
    CHECK(CoturnImport{"bps-capacity=100\n"}.outcome(1) == Outcome::no_equal);
    CHECK(CoturnImport{"bps-capacity=0\n"}.outcome(1) == Outcome::maps);
}

TEST_CASE("the life of a nonce is brought into our bounds") {
    struct Row {
        std::string_view text;
        std::chrono::seconds life;
        Outcome outcome;
    };
    const Row row = GENERATE(
        Row{"stale-nonce", 600s, Outcome::maps}, Row{"stale-nonce=600", 600s, Outcome::maps},
        Row{"stale-nonce=0", 3600s, Outcome::changed}, Row{"stale-nonce=5", 60s, Outcome::changed},
        Row{"stale-nonce=86400", 3600s, Outcome::changed});
    const CoturnImport import{row.text};
    CHECK(import.config().auth.nonce_lifetime == row.life);
    CHECK(import.outcome(1) == row.outcome);
}

TEST_CASE("lifetimes are taken over where they can be chosen") {
    const CoturnImport import{
        "max-allocate-lifetime=1800\nmax-allocate-timeout=60\n"
        "channel-lifetime\npermission-lifetime=300\n"};
    CHECK(import.config().limits.lifetime_max == 1800s);
    CHECK(import.config().limits.tcp_idle == 60s);
    CHECK(import.outcome(1) == Outcome::maps);
    CHECK(import.outcome(2) == Outcome::changed);
    CHECK(import.outcome(3) == Outcome::maps);
    CHECK(import.outcome(4) == Outcome::maps);
    CHECK(CoturnImport{"max-allocate-lifetime\n"}.config().limits.lifetime_max == 3600s);
    CHECK(CoturnImport{"channel-lifetime=30\n"}.outcome(1) == Outcome::no_equal);
    CHECK(CoturnImport{"permission-lifetime=30\n"}.outcome(1) == Outcome::no_equal);
}

TEST_CASE("no thread beside the main one is one thread") {
    CHECK(CoturnImport{"relay-threads=4\n"}.config().server.workers == 4);
    const CoturnImport none{"relay-threads=0\n"};
    CHECK(none.config().server.workers == 1);
    CHECK(none.outcome(1) == Outcome::changed);
    CHECK(CoturnImport{"relay-threads=1000\n"}.config().server.workers == 256);
}

TEST_CASE("what is no number is an error with its line") {
    const std::string name =
        GENERATE("user-quota", "total-quota", "max-bps", "bps-capacity", "stale-nonce",
                 "max-allocate-lifetime", "max-allocate-timeout", "channel-lifetime",
                 "permission-lifetime", "relay-threads");
    const CoturnImport import{"\n" + name + "=abc\n"};
    CHECK(import.outcome(2) == Outcome::wrong);
    CHECK_FALSE(import.imported.ok());
}

}  // namespace
}  // namespace turnpike::coturn
