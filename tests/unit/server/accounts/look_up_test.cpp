// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/look_up.hpp"

#include "tests/support/accounts_scenario.hpp"

namespace turnpike::accounts {
namespace {

using test::AccountsScenario;

Finding found_of(AccountsScenario& scenario, LookUp& look_up, const Who& who) {
    std::optional<Finding> answer;
    look_up.start(who, [&](Finding finding) { answer = std::move(finding); });
    REQUIRE(scenario.until([&] { return answer.has_value(); }));
    CHECK(answer->who == who);
    return *std::move(answer);
}

TEST_CASE("a user comes with the call and with what other servers hold") {
    AccountsScenario scenario;
    scenario.add_call("c-1", ", participants", ", 2");
    scenario.add_user("alice", "c-1");
    scenario.empty.site(
        "INSERT INTO turnpike.lease VALUES"
        " ('example.org', 'alice', 'c-1', 'relay-2', 3, 9e9),"
        " ('example.org', 'bob', 'c-1', 'relay-2', 1, 9e9),"
        " ('example.org', 'carol', 'c-1', 'relay-1', 1, 9e9),"
        " ('example.org', 'dora', 'c-1', 'relay-3', 1, 1)");
    LookUp look_up{*scenario.store, "example.org", "relay-1"};
    const Finding finding = found_of(scenario, look_up, {false, "alice", ""});
    REQUIRE(finding.record);
    REQUIRE(finding.record->user);
    CHECK(finding.record->user->call->participants == 2);
    CHECK(finding.record->elsewhere.allocations == 3);
    CHECK(finding.record->elsewhere.participants == std::vector<std::string>{"alice", "bob"});
}

TEST_CASE("where no server shares the database nobody else is asked for") {
    AccountsScenario scenario;
    scenario.add_user("alice");
    scenario.empty.site(
        "INSERT INTO turnpike.lease VALUES"
        " ('example.org', 'alice', '', 'relay-2', 3, 9e9)");
    LookUp look_up{*scenario.store, "example.org", ""};
    const Finding finding = found_of(scenario, look_up, {false, "alice", ""});
    REQUIRE(finding.record);
    CHECK(finding.record->elsewhere == auth::Elsewhere{});
}

TEST_CASE("nobody is found without a row, and a timed name by its call alone") {
    AccountsScenario scenario;
    scenario.add_call("c-1", ", bytes", ", 1000");
    LookUp look_up{*scenario.store, "example.org", "relay-1"};
    const Finding nobody = found_of(scenario, look_up, {false, "alice", ""});
    REQUIRE(nobody.record);
    CHECK_FALSE(nobody.record->user);
    const Finding timed = found_of(scenario, look_up, {true, "alice", "c-1"});
    REQUIRE(timed.record);
    REQUIRE(timed.record->call.call);
    CHECK(timed.record->call.call->bytes == 1000);
    const Finding no_call = found_of(scenario, look_up, {true, "alice", "c-2"});
    REQUIRE(no_call.record);
    CHECK_FALSE(no_call.record->call.call);
}

TEST_CASE("a database that does not answer leaves no record") {
    AccountsScenario scenario;
    scenario.empty.site("DROP VIEW turnpike.credential");
    LookUp look_up{*scenario.store, "example.org", ""};
    CHECK_FALSE(found_of(scenario, look_up, {false, "alice", ""}).record);
}

}  // namespace
}  // namespace turnpike::accounts
