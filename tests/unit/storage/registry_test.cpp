// SPDX-License-Identifier: BSD-3-Clause
#include "storage/registry.hpp"

#include "tests/support/database_scenario.hpp"

namespace turnpike::storage {
namespace {

using test::DatabaseScenario;
using test::Kind;
using namespace std::chrono_literals;

constexpr Time noon{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h};

struct Scenario : DatabaseScenario {
    Scenario() : DatabaseScenario{GENERATE(Kind::postgres, Kind::sqlite)}, registry{*database} {
        REQUIRE(until([&] { return restored == 1; }));
    }
    // registry.method(arguments...), waited for.
    template <typename T, typename... Parameters, typename... Arguments>
    T wait(void (Registry::*method)(Parameters...), const Arguments&... arguments) {
        return ask<T>([&](auto handler) { (registry.*method)(arguments..., handler); }).value();
    }
    Registry registry;
};

Account account(const std::string& name) {
    return {.realm = "r",
            .username = name,
            .credential = {.key_md5 = std::string(16, 'k'), .limits = {1, 2, 3}}};
}

TEST_CASE("an operator makes, changes, disables and removes users") {
    Scenario scenario;
    for (const char* name : {"bob", "alice"}) {
        REQUIRE(scenario.ask<void>(
            [&](auto handler) { scenario.registry.put_account(account(name), handler); }));
    }
    const auto list = [&] {
        return scenario.wait<std::vector<Account>>(&Registry::list_accounts, std::string{"r"},
                                                   Page{});
    };
    REQUIRE(list().size() == 2);
    CHECK(list()[0].username == "alice");
    CHECK(list()[0].credential.limits == Limits{1, 2, 3});
    CHECK(list()[0].credential.key_md5 == std::nullopt);
    CHECK(scenario.wait<bool>(&Registry::enable_account, std::string{"r"}, std::string{"alice"},
                              false));
    CHECK_FALSE(scenario.wait<bool>(&Registry::enable_account, std::string{"r"}, std::string{"eve"},
                                    false));
    CHECK_FALSE(list()[0].credential.enabled);
    CHECK(scenario.wait<bool>(&Registry::remove_account, std::string{"r"}, std::string{"alice"}));
    CHECK_FALSE(
        scenario.wait<bool>(&Registry::remove_account, std::string{"r"}, std::string{"alice"}));
    CHECK(list().size() == 1);
}

TEST_CASE("an account is amended where something is given, set free by none, and shown") {
    Scenario scenario;
    REQUIRE(scenario.ask<void>(
        [&](auto handler) { scenario.registry.put_account(account("bob"), handler); }));
    const auto amend = [&](const std::string& name, const AccountAmendment& amendment) {
        return scenario.wait<bool>(&Registry::amend_account, std::string{"r"}, name, amendment);
    };
    const auto find = [&](const std::string& name) {
        return scenario.wait<std::optional<Account>>(&Registry::find_account, std::string{"r"},
                                                     name);
    };
    CHECK(amend("bob", {.call = std::optional{std::string{"c-1"}},
                        .deadline = std::optional{noon},
                        .bytes = std::optional<std::int64_t>{}}));
    const Credential after = find("bob")->credential;
    CHECK(after.enabled);
    CHECK(after.call == "c-1");
    CHECK(after.deadline == noon);
    CHECK(after.limits == Limits{std::nullopt, 2, 3});
    CHECK(amend("bob", {.enabled = false, .call = std::optional<std::string>{}}));
    CHECK_FALSE(find("bob")->credential.enabled);
    CHECK(find("bob")->credential.call == std::nullopt);
    CHECK_FALSE(amend("eve", {.enabled = false}));
    CHECK_FALSE(find("eve").has_value());
}

TEST_CASE("a call is amended where something is given, and set free by none") {
    Scenario scenario;
    const Call call{.realm = "r", .id = "c-1", .ends_at = noon, .seconds = 40, .participants = 4};
    REQUIRE(
        scenario.ask<void>([&](auto handler) { scenario.registry.create_call(call, handler); }));
    CHECK(scenario.wait<bool>(&Registry::amend_call, std::string{"r"}, std::string{"c-1"},
                              CallAmendment{.starts_at = std::optional{noon - 1h},
                                            .participants = std::optional<std::int64_t>{},
                                            .bytes = std::optional<std::int64_t>{7}}));
    const auto found = scenario.wait<std::optional<Call>>(&Registry::find_call, std::string{"r"},
                                                          std::string{"c-1"});
    CHECK(found->starts_at == noon - 1h);
    CHECK(found->ends_at == noon);
    CHECK(found->seconds == 40);
    CHECK(found->participants == std::nullopt);
    CHECK(found->bytes == 7);
    CHECK_FALSE(scenario.wait<bool>(&Registry::amend_call, std::string{"r"}, std::string{"c-2"},
                                    CallAmendment{}));
}

TEST_CASE("lists come in pages, by the name before them") {
    Scenario scenario;
    for (const char* name : {"a", "b", "c"}) {
        REQUIRE(scenario.ask<void>(
            [&](auto handler) { scenario.registry.put_account(account(name), handler); }));
        REQUIRE(scenario.ask<void>([&](auto handler) {
            scenario.registry.create_call({.realm = "r", .id = name}, handler);
        }));
    }
    const Page page{.after = "a", .limit = 1};
    const auto users =
        scenario.wait<std::vector<Account>>(&Registry::list_accounts, std::string{"r"}, page);
    REQUIRE(users.size() == 1);
    CHECK(users[0].username == "b");
    const auto calls =
        scenario.wait<std::vector<Call>>(&Registry::list_calls, std::string{"r"}, page);
    REQUIRE(calls.size() == 1);
    CHECK(calls[0].id == "b");
}

TEST_CASE("an operator makes, extends and ends calls") {
    Scenario scenario;
    const Call call{.realm = "r", .id = "c-1", .ends_at = noon, .seconds = 40, .participants = 4};
    const auto create = [&] {
        return scenario.ask<void>(
            [&](auto handler) { scenario.registry.create_call(call, handler); });
    };
    const auto find = [&](const std::string& id) {
        return scenario.wait<std::optional<Call>>(&Registry::find_call, std::string{"r"}, id);
    };
    REQUIRE(create());
    CHECK(create().error().kind == Failure::Kind::refused);
    CHECK(find("c-1") == call);
    CHECK(find("c-2") == std::nullopt);
    CHECK(scenario.wait<bool>(&Registry::extend_call, std::string{"r"}, std::string{"c-1"},
                              std::int64_t{20}));
    CHECK(find("c-1")->seconds == 60);
    CHECK(find("c-1")->ends_at == noon + 20s);
    CHECK(scenario.wait<bool>(&Registry::extend_call, std::string{"r"}, std::string{"c-1"},
                              std::int64_t{-30}));
    CHECK(find("c-1")->seconds == 30);
    CHECK_FALSE(scenario.wait<bool>(&Registry::extend_call, std::string{"r"}, std::string{"c-2"},
                                    std::int64_t{20}));
    CHECK(
        scenario.wait<bool>(&Registry::end_call, std::string{"r"}, std::string{"c-1"}, noon - 1s));
    CHECK(find("c-1")->ended_at == noon - 1s);
    const auto all =
        scenario.wait<std::vector<Call>>(&Registry::list_calls, std::string{"r"}, Page{});
    REQUIRE(all.size() == 1);
    CHECK(all[0] == *find("c-1"));
    CHECK(scenario
              .wait<std::vector<CallUsage>>(&Registry::call_usage, std::string{"r"},
                                            std::string{"c-1"})
              .empty());
    CHECK(scenario.wait<std::int64_t>(&Registry::open_of_call, std::string{"r"},
                                      std::string{"c-1"}) == 0);
    CHECK(scenario.wait<std::int64_t>(&Registry::open_of_user, std::string{"r"},
                                      std::string{"alice"}) == 0);
}

TEST_CASE("an operator makes secrets, sees their names, and removes them") {
    Scenario scenario;
    for (const char* value : {"one", "two"}) {
        REQUIRE(scenario.ask<void>([&](auto handler) {
            scenario.registry.put_secret("r", {"site", value, "end"}, handler);
        }));
    }
    const auto all = scenario.wait<std::vector<Registry::ListedSecret>>(&Registry::list_secrets,
                                                                        std::string{"r"});
    REQUIRE(all.size() == 1);
    CHECK(all[0].name == "site");
    CHECK(all[0].expired == "end");
    CHECK(all[0].created_at.has_value());
    CHECK(scenario.wait<bool>(&Registry::remove_secret, std::string{"r"}, std::string{"site"}));
    CHECK_FALSE(
        scenario.wait<bool>(&Registry::remove_secret, std::string{"r"}, std::string{"site"}));
}

}  // namespace
}  // namespace turnpike::storage
