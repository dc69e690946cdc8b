// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/clock.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::sys_days noon_day{2027y / 5 / 4};

TEST_CASE("a clock that NTP keeps right is well") {
    const auto findings = judge_clock({.now = noon_day + 12h, .is_synchronized = true});
    CHECK(findings == Findings{well("clock", "2027-05-04 12:00:00 UTC, kept right by NTP")});
    CHECK(judge_clock({.now = noon_day}) == Findings{well("clock", "2027-05-04 00:00:00 UTC")});
}

TEST_CASE("a clock that nothing keeps right is a warning") {
    const auto findings = judge_clock({.now = noon_day, .is_synchronized = false});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].grade == Grade::warning);
    CHECK(findings[0].advice.find("timedatectl") != std::string::npos);
}

TEST_CASE("a time before this program was written is wrong whatever NTP says") {
    const auto findings =
        judge_clock({.now = std::chrono::sys_days{2020y / 1 / 1}, .is_synchronized = true});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].grade == Grade::problem);
    CHECK(findings[0].seen.starts_with("it says 2020-01-01"));
}

TEST_CASE("the database's clock is compared: a little, a lot, not at all") {
    ClockFacts facts{.now = noon_day, .is_synchronized = true, .database_ahead = 1900ms};
    CHECK(judge_clock(facts)[1] == well("clock", "the same as the database's"));
    facts.database_ahead = -2500ms;
    CHECK(judge_clock(facts)[1].grade == Grade::warning);
    CHECK(judge_clock(facts)[1].seen.starts_with("the database's clock is 2.5 s behind this one"));
    facts.database_ahead = 1h;
    CHECK(judge_clock(facts)[1].grade == Grade::problem);
    CHECK(judge_clock(facts)[1].seen.starts_with("the database's clock is 3600.0 s ahead of"));
}

TEST_CASE("what is gathered is now") {
    const auto before = std::chrono::system_clock::now();
    CHECK(gather_clock().now >= before);
}

}  // namespace
}  // namespace turnpike::doctor
