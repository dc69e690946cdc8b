// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin_commands.hpp"

#include <fstream>
#include <sstream>

#include "server/command_line.hpp"
#include "tests/support/admin_server.hpp"
#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

// The program, told about a running server by its configuration file.
struct Scenario {
    Scenario() {
        std::ofstream{file()} << "realm = 'example.org'\nstorage.url = ''\n[admin]\nlisten = 'unix:"
                              << server.path() << "'\ntoken = '" << test::admin_token << "'\n";
    }
    struct Ended {
        ExitCode code;
        std::string out;
        std::string error;
    };
    Ended operator()(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--config", file().string()});
        std::istringstream in;
        std::ostringstream out;
        std::ostringstream error;
        const Console console{in, out, error};
        const ExitCode code = std::visit(
            [&](const auto& each) {
                if constexpr (requires { operate(each, console); }) return operate(each, console);
                return ExitCode::bad_usage;
            },
            parse_command_line(std::move(arguments)));
        return {code, out.str(), error.str()};
    }
    [[nodiscard]] std::filesystem::path file() const { return folder.path() / "turnpike.toml"; }

    test::Folder folder;
    test::AdminServer server;
};

TEST_CASE("sessions are listed, shown and ended, for people and for scripts") {
    Scenario turnpike;
    turnpike.server.backend.sessions = {test::session(1, "anna", "c-1"), test::session(2, "bob")};
    const auto list = turnpike({"sessions"});
    CHECK(list.code == ExitCode::clean);
    CHECK(list.out.starts_with("1  anna  call c-1  udp 192.0.2.7:4000  relayed 203.0.113.5:50000"));
    CHECK(list.out.find("2  bob  call -") != std::string::npos);
    CHECK(turnpike({"sessions", "list", "--user", "bob", "--json"})
              .out.starts_with(R"({"id":"2","user":"bob")"));
    CHECK(turnpike({"sessions", "show", "2"}).out.find("user  bob\n") != std::string::npos);
    CHECK(turnpike({"sessions", "end", "--user", "bob"}).out == "1 allocation ended\n");
    CHECK(turnpike({"sessions", "end", "--call", "c-9", "--json"}).out ==
          "{\"ended\":0,\"workers_unheard\":0}\n");
    const auto all = turnpike({"sessions", "end"});
    CHECK(all.code == ExitCode::system_failure);
    CHECK(all.error.starts_with("error: this would end every session"));
    CHECK(turnpike({"sessions", "show", "9"}).code == ExitCode::system_failure);
}

TEST_CASE("an answer without all workers does not look whole") {
    Scenario turnpike;
    turnpike.server.backend.sessions = {test::session(1, "anna")};
    turnpike.server.backend.workers_unheard = 2;
    const auto list = turnpike({"sessions"});
    CHECK(list.out.starts_with("1  anna"));
    CHECK(list.error ==
          "warning: workers that did not answer in time: 2; their sessions are missing here\n");
    const auto ended = turnpike({"sessions", "end", "--user", "anna"});
    CHECK(ended.out == "1 allocation ended\n");
    CHECK(ended.error.starts_with("warning: workers that did not answer in time: 2"));
}

TEST_CASE("a reload prints what is different, or why it was refused") {
    Scenario turnpike;
    CHECK(turnpike({"reload"}).out == "nothing has changed\n");
    turnpike.server.backend.report.changes = {{"limits.bytes", "0", "5", false},
                                              {"server.workers", "2", "4", true}};
    const auto good = turnpike({"reload"});
    CHECK(good.code == ExitCode::clean);
    CHECK(good.out == "limits.bytes: 0 -> 5\nserver.workers: 2 -> 4  (after a restart)\n");
    turnpike.server.backend.report = {.errors = {"x.toml:7: no such key"}};
    const auto bad = turnpike({"reload"});
    CHECK(bad.code == ExitCode::bad_configuration);
    CHECK(bad.error == "error: x.toml:7: no such key\nerror: refused; nothing has changed\n");
    CHECK(turnpike({"reload", "--json"}).code == ExitCode::bad_configuration);
}

TEST_CASE("a file that somebody broke keeps nobody from the running server") {
    Scenario turnpike;
    std::ofstream{turnpike.file(), std::ios::app} << "[limits]\nallocations_per_usr = 3\n";
    const auto drain = turnpike({"drain", "--deadline", "90s"});
    CHECK(drain.code == ExitCode::clean);
    CHECK(drain.out == "draining: 0 allocations, 90 s left\n");
    CHECK(drain.error.starts_with("warning: "));
    CHECK(drain.error.find("turnpike.toml:7: limits.allocations_per_usr: unknown key") !=
          std::string::npos);
    std::ofstream{turnpike.file(), std::ios::app} << "[listen\n";
    CHECK(turnpike({"sessions"}).code == ExitCode::clean);
    std::ofstream{turnpike.file(), std::ios::app} << "[admin]\n";
    CHECK(turnpike({"sessions"}).code == ExitCode::clean);
    std::ofstream{turnpike.file()} << "[admin]\nlisten = 7\n";
    const auto bad = turnpike({"sessions"});
    CHECK(bad.code == ExitCode::bad_configuration);
    CHECK(bad.error.find("error: ") != std::string::npos);
}

TEST_CASE("draining is begun, and followed until the server has ended") {
    Scenario turnpike;
    CHECK(turnpike({"drain", "--deadline", "90s"}).out == "draining: 0 allocations, 90 s left\n");
    CHECK(turnpike({"drain", "--json"}).out.starts_with("{\"phase\":\"draining\""));
}

TEST_CASE("levels of the log are said and changed") {
    Scenario turnpike;
    CHECK(turnpike({"log"}).out == "all=info\nturn=info\n");
    CHECK(turnpike({"log", "turn=debug"}).out == "all=info\nturn=debug\n");
    const auto bad = turnpike({"log", "tur=debug"});
    CHECK(bad.code == ExitCode::system_failure);
    CHECK(bad.error.find("no area tur") != std::string::npos);
}

TEST_CASE("a server that has ended is said to be away") {
    Scenario turnpike;
    turnpike.server.server.stop();
    std::filesystem::remove(turnpike.server.path());
    for (const char* const word : {"sessions", "reload", "drain", "log", "events"}) {
        const auto ended = turnpike({word});
        CHECK(ended.code == ExitCode::system_failure);
        CHECK(ended.error.find("admin.listen") != std::string::npos);
    }
}

}  // namespace
}  // namespace turnpike
