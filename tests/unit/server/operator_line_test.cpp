// SPDX-License-Identifier: BSD-3-Clause
#include "server/operator_line.hpp"

#include "server/command_line.hpp"
#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;

template <typename Wanted>
Wanted parsed(std::vector<std::string> arguments) {
    const Command command = parse_command_line(std::move(arguments));
    if (const auto* farewell = std::get_if<Farewell>(&command)) FAIL(farewell->text);
    REQUIRE(std::holds_alternative<Wanted>(command));
    return std::get<Wanted>(command);
}

std::string complaint(std::vector<std::string> arguments) {
    const Command command = parse_command_line(std::move(arguments));
    REQUIRE(std::holds_alternative<Farewell>(command));
    CHECK(std::get<Farewell>(command).code == ExitCode::bad_usage);
    return std::get<Farewell>(command).text;
}

TEST_CASE("a user is made with limits, and changed by name") {
    const auto added =
        parsed<UserCommand>({"user", "add", "alice", "--config", "a.toml", "--call", "c-1",
                             "--deadline", "2026-11-23T18:00Z", "--bytes", "5000000000",
                             "--bits-per-second", "2000000", "--allocations", "3", "--generate"});
    CHECK(added.action == UserCommand::Action::add);
    CHECK(added.config.file == "a.toml");
    CHECK(added.name == "alice");
    CHECK(added.call == "c-1");
    CHECK(added.deadline.has_value());
    CHECK(added.limits == storage::Limits{5'000'000'000, 2'000'000, 3});
    CHECK(added.generate);
    CHECK(parsed<UserCommand>({"user", "disable", "bob"}).action == UserCommand::Action::disable);
    CHECK(parsed<UserCommand>({"user", "enable", "bob"}).name == "bob");
    CHECK(parsed<UserCommand>({"user", "remove", "bob"}).action == UserCommand::Action::remove);
    CHECK(parsed<UserCommand>({"user", "list"}).action == UserCommand::Action::list);
}

TEST_CASE("a call is made with its limits, made longer and shorter, ended and shown") {
    const auto made = parsed<CallCommand>({"call", "create", "c-1", "--seconds", "600",
                                           "--participants", "4", "--ends", "+1h", "--bytes", "1",
                                           "--bits-per-second", "2", "--leg-bits-per-second", "3"});
    CHECK(made.action == CallCommand::Action::create);
    CHECK(made.call.id == "c-1");
    CHECK(made.call.seconds == 600);
    CHECK(made.call.participants == 4);
    CHECK(made.call.ends_at.has_value());
    CHECK(made.call.starts_at == std::nullopt);
    CHECK(made.call.leg_bits_per_second == 3);
    CHECK(parsed<CallCommand>({"call", "extend", "c-1", "20"}).seconds == 20);
    CHECK(parsed<CallCommand>({"call", "extend", "c-1", "-20"}).seconds == -20);
    CHECK(parsed<CallCommand>({"call", "end", "c-1"}).action == CallCommand::Action::end);
    CHECK(parsed<CallCommand>({"call", "show", "c-1"}).action == CallCommand::Action::show);
    CHECK(parsed<CallCommand>({"call", "list"}).action == CallCommand::Action::list);
}

TEST_CASE("secrets and migrations") {
    const auto added = parsed<SecretCommand>({"secret", "add", "site", "--expired", "end"});
    CHECK(added.name == "site");
    CHECK(added.expired == "end");
    CHECK_FALSE(added.generate);
    CHECK(parsed<SecretCommand>({"secret", "list"}).action == SecretCommand::Action::list);
    CHECK(parsed<MigrateCommand>({"migrate", "--config", "a.toml"}).config.file == "a.toml");
}

TEST_CASE("mistakes are told") {
    CHECK(complaint({"user"}).find("subcommand") != std::string::npos);
    CHECK(complaint({"user", "add"}).find("NAME") != std::string::npos);
    CHECK(complaint({"user", "add", "a", "--deadline", "soon"}).find("+40m") != std::string::npos);
    CHECK(complaint({"user", "add", "a", "--bytes", "0"}).find("--bytes") != std::string::npos);
    CHECK(complaint({"call", "extend", "c-1"}).find("SECONDS") != std::string::npos);
    CHECK(complaint({"secret", "add", "s", "--expired", "never"}).find("keep") !=
          std::string::npos);
}

}  // namespace
}  // namespace turnpike
