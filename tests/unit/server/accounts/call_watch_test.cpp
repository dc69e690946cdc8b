// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/call_watch.hpp"

#include "tests/support/accounts_scenario.hpp"

namespace turnpike::accounts {
namespace {

using namespace std::chrono_literals;
using protocol::AllocationId;
using test::AccountsScenario;
using test::real_time;

auth::Grant in_call(const auth::CallGrant& call) {
    auth::Grant grant;
    grant.username = grant.user = "alice";
    grant.call = "c-1";
    grant.call_grant = call;
    return grant;
}

struct Scenario : AccountsScenario {
    std::vector<Notice> told;
    CallWatch watch{
        *store, attendance, {"example.org", "run-1", {60s, 10s}}, [this](const Notice& notice) {
            told.push_back(notice);
        }};

    Attendance::Admission enter(const auth::CallGrant& call) {
        return attendance.admit(in_call(call), AllocationId{1}, real_time().steady);
    }
    [[nodiscard]] bool reaches(const std::string& sql, std::int64_t value) {
        return until([&] {
            watch.tick(real_time());
            return number(sql) == value;
        });
    }
};

constexpr auto warnings = "SELECT count(*) FROM event WHERE kind = 'warning'";

TEST_CASE("the first media of a call that is paid by the second is told and written, once") {
    Scenario scenario;
    scenario.add_call("c-1", ", seconds", ", 60");
    const auto seat = scenario.enter({.length_from_media = 60s});
    scenario.watch.tick(real_time());
    CHECK(scenario.told.empty());
    const auto began = real_time();
    seat.seat->call_limits()->note_media(began.steady);
    CHECK(scenario.reaches("SELECT count(*) FROM call WHERE media_at IS NOT NULL", 1));
    REQUIRE(scenario.told.size() == 1);
    const auto& notice = std::get<CallBegan>(scenario.told.front());
    CHECK(notice.call == "c-1");
    CHECK(notice.at == began.steady);
    CHECK(scenario.number("SELECT count(*) FROM event WHERE kind = 'began'") == 1);
}

TEST_CASE("each warning is written once for each end that a call has had") {
    Scenario scenario;
    auto end = real_time().wall + 50s;
    const auto seat = scenario.enter({.ends_at = end});
    CHECK(scenario.reaches(warnings, 1));
    CHECK(scenario.number("SELECT seconds_left FROM event") == 60);
    end += 10min;
    scenario.attendance.amend(in_call({.ends_at = end}));
    scenario.watch.tick(real_time());
    end = real_time().wall + 8s;
    scenario.attendance.amend(in_call({.ends_at = end}));
    CHECK(scenario.reaches(warnings, 2));
    CHECK(scenario.number("SELECT max(seconds_left) FROM event WHERE seconds_left < 60") == 10);
    scenario.attendance.amend(in_call({.ends_at = real_time().wall - 1ms}));
    CHECK(scenario.reaches("SELECT count(*) FROM event WHERE kind = 'ended'", 1));
    CHECK(scenario.number(warnings) == 2);
}

TEST_CASE("the end is written when everybody has just left") {
    Scenario scenario;
    scenario.enter({.ends_at = real_time().wall - 1ms}).seat.reset();
    CHECK(scenario.reaches("SELECT count(*) FROM event WHERE kind = 'ended'", 1));
}

TEST_CASE("a warning that the database did not take is written when it does") {
    Scenario scenario;
    scenario.empty.site("ALTER TABLE turnpike.event RENAME TO hidden");
    const auto seat = scenario.enter({.ends_at = real_time().wall + 50s});
    for (int count = 0; count < 3; ++count) {
        scenario.watch.tick(real_time());
        scenario.io.restart();
        scenario.io.run_for(20ms);
    }
    scenario.empty.site("ALTER TABLE turnpike.hidden RENAME TO event");
    CHECK(scenario.reaches(warnings, 1));
}

TEST_CASE("a call whose bytes are used up is told of, and again after it got more") {
    Scenario scenario;
    const auto seat = scenario.enter({.bytes = 100});
    seat.seat->call_limits()->note_exhaustion();
    scenario.watch.tick(real_time());
    scenario.watch.tick(real_time());
    REQUIRE(scenario.told.size() == 1);
    CHECK(std::get<CallUsedUp>(scenario.told.front()).call == "c-1");
    scenario.attendance.amend(in_call({.bytes = 200}));
    scenario.watch.tick(real_time());
    seat.seat->call_limits()->note_exhaustion();
    scenario.watch.tick(real_time());
    CHECK(scenario.told.size() == 2);
}

TEST_CASE("bytes that other servers relayed count") {
    Scenario scenario;
    scenario.empty.site(
        "INSERT INTO turnpike.usage (id, node, run, realm, username, call, transport, client,"
        " client_port, relayed, started_at, media_seconds, updated_at, sent_bytes, sent_packets,"
        " received_bytes, received_packets) VALUES ('1', 'relay-2', 'run-2', 'example.org', 'bob',"
        " 'c-1', 'udp', '192.0.2.1', 1, '', 1, 1, 1, 30, 1, 30, 1)");
    const auto seat = scenario.enter({.bytes = 100});
    CHECK(scenario.until([&] {
        scenario.watch.tick(real_time());
        return seat.seat->call_limits()->bytes_left() == 40;
    }));
}

}  // namespace
}  // namespace turnpike::accounts
