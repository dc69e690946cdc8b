// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/configuration.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

TEST_CASE("a good configuration is said to be good, with its file") {
    const auto loaded = config::load_text(
        "realm = 'example.org'\nauth.secrets = ['thirty-two random characters ...']\n", "a.toml",
        {});
    REQUIRE(loaded.ok());
    CHECK(judge_configuration(loaded, "a.toml") ==
          Findings{well("configuration", "a.toml: good, 2 options are set")});
}

TEST_CASE("errors are problems, and nothing is good then") {
    const auto loaded =
        config::load_text("relm = 'x'\n[listen]\nudp = ['nonsense']\n", "a.toml", {});
    const auto findings = judge_configuration(loaded, "a.toml");
    REQUIRE(findings.size() == loaded.errors.size() + loaded.warnings.size());
    CHECK(findings.front().grade == Grade::problem);
    CHECK(findings.front().seen.starts_with("a.toml:1: relm: unknown key"));
}

TEST_CASE("warnings are warnings, after the good news") {
    const auto loaded = config::load_text("auth.secrets = ['short']\n", "a.toml", {});
    const auto findings = judge_configuration(loaded, "a.toml");
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].grade == Grade::ok);
    CHECK(findings[1].grade == Grade::warning);
    CHECK(findings[1].seen.find("can be guessed") != std::string::npos);
    CHECK(findings[1].seen.find("short'") == std::string::npos);  // never the secret
}

}  // namespace
}  // namespace turnpike::doctor
