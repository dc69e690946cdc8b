// SPDX-License-Identifier: BSD-3-Clause
#include "server/reload.hpp"

#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

config::Loaded loaded(std::string_view text) {
    config::Loaded result =
        config::load_text(text, "turnpike.toml", {.spare_secret = "none is needed here"});
    REQUIRE(result.ok());
    return result;
}

TEST_CASE("what has not changed is no change") {
    const Reload plan = plan_reload(loaded("realm = \"a\""), loaded("# moved\nrealm = \"a\""));
    CHECK(plan.changes.empty());
    CHECK(plan.loaded.config == loaded("realm = \"a\"").config);
}

TEST_CASE("a change is told with both values and where it now stands") {
    const Reload plan = plan_reload(loaded("[limits]\nallocations_per_user = 3"),
                                    loaded("[limits]\nallocations_per_user = 5"));
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].key == "limits.allocations_per_user");
    CHECK(plan.changes[0].before == "3");
    CHECK(plan.changes[0].after == "5");
    CHECK_FALSE(plan.changes[0].needs_restart);
    CHECK(plan.loaded.config.limits.allocations_per_user == 5);
}

TEST_CASE("what needs a restart is told and stays as it was, the rest changes") {
    const Reload plan =
        plan_reload(loaded("realm = \"a\""), loaded("realm = \"b\"\n[limits]\nbytes = 7"));
    REQUIRE(plan.changes.size() == 2);
    CHECK(plan.changes[0].key == "realm");
    CHECK(plan.changes[0].needs_restart);
    CHECK(plan.loaded.config.realm == "a");
    CHECK(plan.loaded.config.limits.bytes == 7);
    // Told again by the next one, as long as it waits.
    const Reload again = plan_reload(plan.loaded, loaded("realm = \"b\"\n[limits]\nbytes = 7"));
    REQUIRE(again.changes.size() == 1);
    CHECK(again.changes[0].key == "realm");
}

TEST_CASE("a secret that changes is told and not shown", "[threats]") {
    const Reload plan = plan_reload(loaded("[users]\nalice = \"wonderland\""),
                                    loaded("[users]\nalice = \"looking glass\""));
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].before != plan.changes[0].after);
    CHECK(plan.changes[0].after.find("looking") == std::string::npos);
    CHECK(plan.changes[0].before.find("wonder") == std::string::npos);
    CHECK(plan.loaded.config.users.front().password == "looking glass");
}

TEST_CASE("other secrets in the same file are a change") {
    config::Loaded before = loaded("realm = \"a\"");
    config::Loaded after = before;
    before.config.auth.secrets_file = after.config.auth.secrets_file = "/etc/turnpike/secret";
    after.config.auth.secrets.push_back({.secret = "rabbit hole", .expired = {}});
    const Reload plan = plan_reload(before, after);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].key == "auth.secrets_file");
    CHECK(plan.changes[0].after.find("rabbit") == std::string::npos);
    CHECK(plan.loaded.config.auth.secrets.back().secret == "rabbit hole");
}

TEST_CASE("another certificate and another token in the same files are changes") {
    config::Config config;
    config.listen.certificate = "/etc/turnpike/cert.pem";
    config.admin.token_file = "/etc/turnpike/token";
    std::vector<admin::ConfigChange> changes;
    add_changes_of_files(config, {}, changes);
    CHECK(changes.empty());
    const FileNews all{.has_other_certificates = true, .has_other_token = true};
    add_changes_of_files(config, all, changes);
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].key == "listen.certificate");
    CHECK(changes[0].before == "\"/etc/turnpike/cert.pem\"");
    CHECK(changes[0].before != changes[0].after);
    CHECK(changes[1].key == "admin.token_file");
    add_changes_of_files(config, all, changes);
    CHECK(changes.size() == 2);
}

TEST_CASE("what clashes with a setting that waits for a restart is refused, and says so") {
    const std::string_view before =
        "listen.udp = [\"192.0.2.1:3478\"]\nrelay.ports = [50000, 50999]";
    const std::string_view after =
        "listen.udp = [\"192.0.2.1:50500\"]\nrelay.ports = [52000, 52999]";
    const Reload plan = plan_reload(loaded(before), loaded(after));
    REQUIRE(plan.errors.size() == 1);
    const std::string text = plan.errors.front().to_string();
    CHECK(text.starts_with("turnpike.toml:1"));
    CHECK(text.find("within relay.ports, 50000 to 50999") != std::string::npos);
    CHECK(text.find("until a restart this stays as it was: relay.ports") != std::string::npos);
    CHECK(plan_reload(loaded(before), loaded("realm = \"b\"")).errors.empty());
}

}  // namespace
}  // namespace turnpike
