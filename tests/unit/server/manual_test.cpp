// SPDX-License-Identifier: BSD-3-Clause
#include "server/manual.hpp"

#include "server/command_line.hpp"
#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

std::string printed(const std::string& what) {
    const Command command = parse_command_line({"manual", what});
    REQUIRE(std::holds_alternative<Farewell>(command));
    CHECK(std::get<Farewell>(command).code == ExitCode::clean);
    return std::get<Farewell>(command).text;
}

TEST_CASE("the manual is that of the command line: every command, and its own hidden one not") {
    const std::string page = printed("turnpike");
    CHECK(page.starts_with(".TH TURNPIKE 1 "));
    for (const char* command :
         {"serve", "check\\-config", "credentials", "call create", "migrate"}) {
        INFO(command);
        CHECK(page.find(std::string{".SS \\fBturnpike "} + command + "\\fP") != std::string::npos);
    }
    CHECK(page.find(".SS \\fBturnpike manual") == std::string::npos);
}

TEST_CASE("the manual says what undoes a drain") {
    const std::string page = printed("turnpike");
    const auto stop = page.find("systemctl stop turnpike.socket");
    CHECK(stop != std::string::npos);
    CHECK(page.find("turnpike drain", stop) != std::string::npos);
}

TEST_CASE("the configuration has a page of its own, and the completion knows its keys") {
    CHECK(printed("turnpike.toml").starts_with(".TH TURNPIKE.TOML 5 "));
    const std::string script = printed("bash-completion");
    CHECK(script.find("complete -F _turnpike turnpike\n") != std::string::npos);
    CHECK(script.find(" log.level=") != std::string::npos);
    CHECK(script.find("auth.secrets=") == std::string::npos);
}

TEST_CASE("there are no other pages") {
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{"manual"}, {"manual", "ls"}}) {
        CHECK(std::get<Farewell>(parse_command_line(arguments)).code == ExitCode::bad_usage);
    }
    CHECK(std::get<Farewell>(parse_command_line({"--help"})).text.find("manual") ==
          std::string::npos);
}

}  // namespace
}  // namespace turnpike
