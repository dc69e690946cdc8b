// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin_line.hpp"

#include "server/command_line.hpp"
#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;

template <typename T>
T parsed(std::vector<std::string> words) {
    const Command command = parse_command_line(std::move(words));
    REQUIRE(std::holds_alternative<T>(command));
    return std::get<T>(command);
}

bool is_refused(std::vector<std::string> words) {
    const Command command = parse_command_line(std::move(words));
    const auto* farewell = std::get_if<Farewell>(&command);
    return farewell != nullptr && farewell->code == ExitCode::bad_usage;
}

TEST_CASE("sessions are listed, shown and ended") {
    using Action = SessionsCommand::Action;
    CHECK(parsed<SessionsCommand>({"sessions"}).action == Action::list);
    const auto list = parsed<SessionsCommand>(
        {"sessions", "list", "--user", "anna", "--json", "--config", "x.toml"});
    CHECK(list.action == Action::list);
    CHECK(list.user == "anna");
    CHECK(list.as_json);
    CHECK(list.config.file == "x.toml");
    const auto show = parsed<SessionsCommand>({"sessions", "show", "7"});
    CHECK(show.action == Action::show);
    CHECK(show.id == "7");
    const auto end = parsed<SessionsCommand>({"sessions", "end", "--call", "c-1"});
    CHECK(end.action == Action::end);
    CHECK(end.call == "c-1");
    CHECK(parsed<SessionsCommand>({"sessions", "end", "--id", "7"}).id == "7");
    CHECK(is_refused({"sessions", "show"}));
    CHECK(is_refused({"sessions", "list", "--transport", "sctp"}));
}

TEST_CASE("draining has a deadline and may be waited for") {
    const auto drain = parsed<DrainCommand>({"drain", "--deadline", "10m", "--wait"});
    CHECK(drain.deadline == 10min);
    CHECK(drain.wait);
    CHECK_FALSE(parsed<DrainCommand>({"drain"}).deadline.has_value());
    CHECK(is_refused({"drain", "--deadline", "soon"}));
}

TEST_CASE("levels of the log are pairs of area and level") {
    const auto log = parsed<LogCommand>({"log", "turn=debug", "all=warning"});
    CHECK(log.levels == std::map<std::string, std::string>{{"turn", "debug"}, {"all", "warning"}});
    CHECK(parsed<LogCommand>({"log"}).levels.empty());
    CHECK(is_refused({"log", "debug"}));
    CHECK(is_refused({"log", "=debug"}));
}

TEST_CASE("a reload and the stream of events take a configuration") {
    CHECK(parsed<ReloadCommand>({"reload", "--json"}).as_json);
    CHECK(parsed<EventsCommand>({"events", "--config", "x.toml"}).config.file == "x.toml");
}

}  // namespace
}  // namespace turnpike
