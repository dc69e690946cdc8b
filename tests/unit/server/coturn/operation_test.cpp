// SPDX-License-Identifier: BSD-3-Clause
#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;

TEST_CASE("a verbose log is one of level info, a very verbose one of level debug") {
    CHECK(CoturnImport{"verbose\n"}.config().log.level == config::LogLevel::info);
    const CoturnImport both{"verbose\nVerbose\n"};
    CHECK(both.config().log.level == config::LogLevel::debug);
    CHECK(both.outcome(1) == Outcome::unused);
}

TEST_CASE("figures are always there, and where is said") {
    const CoturnImport alone{"prometheus\n"};
    CHECK(alone.outcome(1) == Outcome::changed);
    CHECK(alone.config().admin.listen == "127.0.0.1:8478");
    const CoturnImport port{"prometheus\nprometheus-port=9999\n"};
    CHECK(port.config().admin.listen == "127.0.0.1:9999");
    CHECK(port.outcome(2) == Outcome::changed);
    const CoturnImport address{"prometheus\nprometheus-address=10.0.0.1\n"};
    CHECK(address.config().admin.listen == "10.0.0.1:9641");
    const CoturnImport both{"prometheus\nprometheus-address=::1\nprometheus-port=9999\n"};
    CHECK(both.config().admin.listen == "[::1]:9999");
    CHECK(both.outcome(2) == Outcome::maps);
    CHECK(both.outcome(3) == Outcome::maps);
}

TEST_CASE("figures that cannot be anywhere are an error, and those that are off are nothing") {
    const CoturnImport port{"prometheus\nprometheus-port=x\nprometheus-address=10.0.0.1\n"};
    CHECK(port.outcome(2) == Outcome::wrong);
    CHECK(port.outcome(3) == Outcome::maps);
    const CoturnImport address{"prometheus\nprometheus-port=1\nprometheus-address=x\n"};
    CHECK(address.outcome(2) == Outcome::maps);
    CHECK(address.outcome(3) == Outcome::wrong);
    const CoturnImport off{"prometheus=no\nprometheus-port=9999\n"};
    CHECK(off.outcome(2) == Outcome::unused);
}

TEST_CASE("the name of the software is hidden where it was") {
    CHECK(CoturnImport{"no-software-attribute\n"}.config().server.software.empty());
    CHECK(CoturnImport{"prod\n"}.config().server.software.empty());
    CHECK(CoturnImport{"software-attribute\n"}.outcome(1) == Outcome::changed);
    const CoturnImport both{"software-attribute\nno-software-attribute\n"};
    CHECK(both.outcome(1) == Outcome::unused);
    CHECK(both.config().server.software.empty());
}

TEST_CASE("requests of RFC 3489 are answered where a newer coturn was told to") {
    CHECK(CoturnImport{"stun-backward-compatibility\n"}.config().server.rfc3489);
    CHECK_FALSE(CoturnImport{"no-stun-backward-compatibility\n"}.config().server.rfc3489);
}

}  // namespace
}  // namespace turnpike::coturn
