// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/lease_keeper.hpp"

#include "tests/support/accounts_scenario.hpp"

namespace turnpike::accounts {
namespace {

using namespace std::chrono_literals;
using protocol::AllocationId;
using test::AccountsScenario;
using test::real_time;

auth::Grant alice() {
    auth::Grant grant;
    grant.username = grant.user = "alice";
    grant.call = "c-1";
    return grant;
}

constexpr auto count = "SELECT coalesce(sum(allocations), 0) FROM lease WHERE node = 'relay-1'";

struct Scenario : AccountsScenario {
    LeaseKeeper keeper{*store, attendance, {"example.org", "relay-1", "run-1"}};

    [[nodiscard]] bool reaches(std::int64_t allocations) {
        return until([&] {
            keeper.tick(real_time());
            return number(count) == allocations;
        });
    }
};

TEST_CASE("what this server holds is told, and what it holds no more") {
    Scenario scenario;
    scenario.empty.site(
        "INSERT INTO turnpike.lease VALUES"
        " ('example.org', 'of before', '', 'relay-1', 7, 9e9)");
    auto one = scenario.attendance.admit(alice(), AllocationId{1}, real_time().steady);
    auto two = scenario.attendance.admit(alice(), AllocationId{2}, real_time().steady);
    CHECK(scenario.reaches(2));
    CHECK(scenario.number("SELECT count(*) FROM lease") == 1);
    CHECK(scenario.number("SELECT count(*) FROM node WHERE run = 'run-1'") == 1);
    one.seat.reset();
    CHECK(scenario.reaches(1));
    two.seat.reset();
    CHECK(scenario.reaches(0));
    CHECK(scenario.number("SELECT count(*) FROM lease") == 0);
}

TEST_CASE("whoever asked is told of each thing done, since when, and whether it went well") {
    AccountsScenario scenario;
    int well = 0;
    int ill = 0;
    const auto since = real_time();
    LeaseKeeper keeper{*scenario.store,
                       scenario.attendance,
                       {"example.org", "relay-1", "run-1"},
                       [&](protocol::TimePoint at, bool is_well) {
                           CHECK(at == since.steady);
                           ++(is_well ? well : ill);
                       }};
    REQUIRE(scenario.until([&] {
        keeper.tick(since);
        return well >= 2;  // those of before are dropped, and the node is told of
    }));
    CHECK(ill == 0);
    scenario.empty.site("DROP TABLE turnpike.lease");
    const auto one = scenario.attendance.admit(alice(), AllocationId{1}, since.steady);
    CHECK(scenario.until([&] {
        keeper.tick(since);
        return ill >= 1;
    }));
}

TEST_CASE("leases are renewed before they are void") {
    Scenario scenario;
    const auto one = scenario.attendance.admit(alice(), AllocationId{1}, real_time().steady);
    REQUIRE(scenario.reaches(1));
    const auto before = scenario.number("SELECT CAST(max(expires_at) AS INTEGER) FROM lease");
    CHECK(scenario.until([&] {
        auto later = real_time();
        later.steady += LeaseKeeper::renewal;
        later.wall += 15s;
        scenario.keeper.tick(later);
        return scenario.number("SELECT CAST(max(expires_at) AS INTEGER) FROM lease") > before + 5;
    }));
}

TEST_CASE("when nobody knows any more what was told, everything is told again") {
    Scenario scenario;
    const auto one = scenario.attendance.admit(alice(), AllocationId{1}, real_time().steady);
    REQUIRE(scenario.reaches(1));
    scenario.empty.site("DELETE FROM turnpike.lease");
    scenario.keeper.start_afresh();
    CHECK(scenario.reaches(1));
}

TEST_CASE("at the end all is given back") {
    Scenario scenario;
    const auto one = scenario.attendance.admit(alice(), AllocationId{1}, real_time().steady);
    REQUIRE(scenario.reaches(1));
    bool is_done = false;
    scenario.keeper.stop([&] { is_done = true; });
    CHECK(scenario.until([&] { return is_done; }));
    CHECK(scenario.number(count) == 0);
}

}  // namespace
}  // namespace turnpike::accounts
