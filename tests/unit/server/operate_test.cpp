// SPDX-License-Identifier: BSD-3-Clause
#include "server/operate.hpp"

#include <fstream>
#include <sstream>

#include "server/command_line.hpp"
#include "tests/support/database_scenario.hpp"

namespace turnpike {
namespace {

using test::EmptyDatabase;
using test::Kind;

// The program, told about a database by its configuration file.
class Scenario {
public:
    explicit Scenario(Kind kind = GENERATE(Kind::postgres, Kind::sqlite)) : empty{kind} {
        std::ofstream{file()} << "realm = 'example.org'\n[storage]\nurl = \"" << empty.url()
                              << "\"\n";
    }
    struct Ended {
        ExitCode code;
        std::string out;
        std::string error;
    };
    Ended operator()(std::vector<std::string> arguments, const std::string& typed = "") {
        arguments.insert(arguments.end(), {"--config", file().string()});
        std::istringstream in{typed};
        std::ostringstream out;
        std::ostringstream error;
        const Command command = parse_command_line(std::move(arguments));
        const Console console{in, out, error};
        const ExitCode code = std::visit(
            [&](const auto& each) {
                if constexpr (requires { operate(each, console); }) return operate(each, console);
                return ExitCode::bad_usage;
            },
            command);
        return {code, out.str(), error.str()};
    }
    [[nodiscard]] std::filesystem::path file() const { return folder.path() / "turnpike.toml"; }

    EmptyDatabase empty;
    test::Folder folder;
};

TEST_CASE("tables are made, and it is said when they are missing") {
    Scenario turnpike{Kind::postgres};
    const auto early = turnpike({"call", "list"});
    CHECK(early.code == ExitCode::system_failure);
    CHECK(early.error.find("turnpike migrate") != std::string::npos);
    CHECK(turnpike({"migrate"}).out.find("applied 0001") != std::string::npos);
    CHECK(turnpike({"migrate"}).out.find("applied") == std::string::npos);
    CHECK(turnpike({"call", "list"}).code == ExitCode::clean);
}

TEST_CASE("users come and go") {
    Scenario turnpike;
    REQUIRE(turnpike({"migrate"}).code == ExitCode::clean);
    CHECK(turnpike({"user", "add", "alice", "--call", "c-1"}, "sesame\n").code == ExitCode::clean);
    const auto made = turnpike({"user", "add", "bob", "--generate"});
    CHECK(made.out.size() > 40);
    CHECK(turnpike({"user", "disable", "bob"}).out == "user bob disabled: 0 allocations ended\n");
    const auto list = turnpike({"user", "list"}).out;
    CHECK(list.find("alice  enabled  call c-1") != std::string::npos);
    CHECK(list.find("bob  disabled") != std::string::npos);
    CHECK(list.find("sesame") == std::string::npos);
    CHECK(turnpike({"user", "enable", "bob"}).code == ExitCode::clean);
    CHECK(turnpike({"user", "remove", "bob"}).code == ExitCode::clean);
    const auto missing = turnpike({"user", "remove", "bob"});
    CHECK(missing.code == ExitCode::system_failure);
    CHECK(missing.error == "error: no user bob in turnpike.account\n");
    CHECK(turnpike({"user", "add", "eve"}, "\n").code == ExitCode::system_failure);
}

TEST_CASE("calls come and go") {
    Scenario turnpike;
    REQUIRE(turnpike({"migrate"}).code == ExitCode::clean);
    CHECK(turnpike({"call", "create", "c-1", "--seconds", "40"}).out == "call c-1 made\n");
    CHECK(turnpike({"call", "create", "c-1"}).code == ExitCode::system_failure);
    CHECK(turnpike({"call", "extend", "c-1", "20"}).code == ExitCode::clean);
    CHECK(turnpike({"call", "show", "c-1"}).out.find("seconds 60") != std::string::npos);
    CHECK(turnpike({"call", "end", "c-1"}).code == ExitCode::clean);
    CHECK(turnpike({"call", "list"}).out.find("ended 2") != std::string::npos);
    CHECK(turnpike({"call", "end", "c-2"}).error == "error: no call c-2\n");
    CHECK(turnpike({"call", "show", "c-2"}).error == "error: no call c-2\n");
}

TEST_CASE("secrets come and go, and are shown once") {
    Scenario turnpike;
    REQUIRE(turnpike({"migrate"}).code == ExitCode::clean);
    CHECK(turnpike({"secret", "add", "site"}, "hush\n").out.empty());
    CHECK(turnpike({"secret", "list"}).out.find("site  enabled") != std::string::npos);
    CHECK(turnpike({"secret", "list"}).out.find("hush") == std::string::npos);
    CHECK(turnpike({"secret", "remove", "site"}).code == ExitCode::clean);
    CHECK(turnpike({"secret", "remove", "site"}).code == ExitCode::system_failure);
    CHECK(turnpike({"secret", "add", "site"}, "").code == ExitCode::system_failure);
}

TEST_CASE("for scripts everything is one JSON object a line, without passwords that were given") {
    Scenario turnpike;
    REQUIRE(turnpike({"migrate"}).code == ExitCode::clean);
    CHECK(turnpike({"user", "add", "alice", "--json"}, "sesame\n").out.empty());
    CHECK(turnpike({"user", "add", "bob", "--generate", "--json"})
              .out.starts_with(R"({"name":"bob","password":")"));
    CHECK(turnpike({"user", "list", "--json"}).out ==
          R"({"name":"alice","enabled":true,"call":null,"deadline":null,"bytes":null,)"
          R"("bits_per_second":null,"allocations":null})"
          "\n"
          R"({"name":"bob","enabled":true,"call":null,"deadline":null,"bytes":null,)"
          R"("bits_per_second":null,"allocations":null})"
          "\n");
    CHECK(turnpike({"user", "disable", "bob", "--json"}).out ==
          "{\"name\":\"bob\",\"ended\":0,\"pending\":0}\n");
    CHECK(turnpike({"call", "create", "c-1", "--seconds", "9", "--json"}).out ==
          "{\"id\":\"c-1\"}\n");
    const auto shown = turnpike({"call", "show", "c-1", "--json"}).out;
    CHECK(shown.starts_with(R"({"id":"c-1","starts_at":null,)"));
    CHECK(shown.ends_with("\"usage\":[]}\n"));
    CHECK(turnpike({"call", "end", "c-1", "--json"}).out ==
          "{\"id\":\"c-1\",\"ended\":0,\"pending\":0}\n");
    CHECK(turnpike({"secret", "add", "site", "--generate", "--json"})
              .out.starts_with(R"({"name":"site","secret":")"));
    CHECK(turnpike({"secret", "list", "--json"})
              .out.starts_with(R"({"name":"site","enabled":true,"expired":null,"since":")"));
}

TEST_CASE("a bad configuration is no reason to touch a database") {
    Scenario turnpike{Kind::sqlite};
    std::ofstream{turnpike.file()} << "relm = 'x'\n";
    const auto ended = turnpike({"user", "list"});
    CHECK(ended.code == ExitCode::bad_configuration);
    CHECK(ended.error.find("realm") != std::string::npos);
}

}  // namespace
}  // namespace turnpike
