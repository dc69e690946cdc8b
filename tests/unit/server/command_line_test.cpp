// SPDX-License-Identifier: BSD-3-Clause
#include "server/command_line.hpp"

#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;

template <typename Wanted>
Wanted parsed(std::vector<std::string> arguments) {
    const Command command = parse_command_line(std::move(arguments));
    REQUIRE(std::holds_alternative<Wanted>(command));
    return std::get<Wanted>(command);
}

TEST_CASE("serve takes a file and any number of assignments") {
    const auto serve = parsed<ServeCommand>(
        {"serve", "--config", "a.toml", "--set", "realm=x", "--set", "log.level=debug"});
    CHECK(serve.config.file == "a.toml");
    CHECK(serve.config.assignments == std::vector<std::string>{"realm=x", "log.level=debug"});
    CHECK_FALSE(parsed<ServeCommand>({"serve"}).config.file);
}

TEST_CASE("an assignment keeps its commas and brackets") {
    const std::string assignment = "listen.udp=[\"192.0.2.1:3478\", \"[::1]:3478\"]";
    CHECK(parsed<ServeCommand>({"serve", "--set", assignment}).config.assignments ==
          std::vector{assignment});
}

TEST_CASE("check-config takes its file with and without --config") {
    CHECK(parsed<CheckConfigCommand>({"check-config", "a.toml"}).config.file == "a.toml");
    CHECK(parsed<CheckConfigCommand>({"check-config", "--config", "a.toml"}).config.file ==
          "a.toml");
    CHECK(parsed<CheckConfigCommand>({"check-config", "--quiet", "a.toml"}).quiet);
    CHECK_FALSE(parsed<CheckConfigCommand>({"check-config"}).quiet);
}

TEST_CASE("an import takes a file, and where its two results go") {
    const auto bare = parsed<ImportCoturnCommand>({"import-coturn", "turnserver.conf"});
    CHECK(bare.file == "turnserver.conf");
    CHECK_FALSE((bare.output || bare.report || bare.force));
    const auto full = parsed<ImportCoturnCommand>(
        {"import-coturn", "-", "--output", "a.toml", "--report", "a.txt", "--force"});
    CHECK(full.file == "-");
    CHECK(full.output == "a.toml");
    CHECK(full.report == "a.txt");
    CHECK(full.force);
    CHECK(parsed<Farewell>({"import-coturn"}).code == ExitCode::bad_usage);
}

TEST_CASE("credentials are for a day and for nobody in particular unless told otherwise") {
    const auto plain = parsed<CredentialsCommand>({"credentials"});
    CHECK(plain.lifetime == 24h);
    CHECK(plain.user.empty());
    CHECK_FALSE(plain.as_uris);
    const auto full =
        parsed<CredentialsCommand>({"credentials", "--user", "alice", "--call", "c7", "--ttl",
                                    "15m", "--host", "turn.example.org", "--format", "uris"});
    CHECK(full.user == "alice");
    CHECK(full.call == "c7");
    CHECK(full.lifetime == 15min);
    CHECK(full.host == "turn.example.org");
    CHECK(full.as_uris);
}

TEST_CASE("help and version end cleanly, mistakes do not") {
    CHECK(parsed<Farewell>({"--version"}).text == "turnpike " TURNPIKE_VERSION "\n");
    CHECK(parsed<Farewell>({"--help"}).code == ExitCode::clean);
    CHECK(parsed<Farewell>({"serve", "--help"}).text.find("--set") != std::string::npos);
    for (const auto& arguments :
         std::vector<std::vector<std::string>>{{},
                                               {"sevre"},
                                               {"serve", "extra"},
                                               {"serve", "--port", "3478"},
                                               {"credentials", "--ttl", "soon"},
                                               {"credentials", "--format", "xml"}}) {
        const auto farewell = parsed<Farewell>(arguments);
        CHECK(farewell.code == ExitCode::bad_usage);
        CHECK_FALSE(farewell.text.empty());
    }
}

TEST_CASE("the other subcommands take nothing") {
    static_cast<void>(parsed<OptionsCommand>({"options"}));
    static_cast<void>(parsed<SampleConfigCommand>({"sample-config"}));
    CHECK(parsed<Farewell>({"options", "extra"}).code == ExitCode::bad_usage);
}

TEST_CASE("a duration is a number and a unit") {
    CHECK(parse_duration("90") == 90s);
    CHECK(parse_duration("90s") == 90s);
    CHECK(parse_duration("15m") == 15min);
    CHECK(parse_duration("12h") == 12h);
    CHECK(parse_duration("7d") == 168h);
    for (const char* text : {"", "0", "-1", "1w", "d", "1d2", "1.5h", "99999999999999999999",
                             "9223372036854775807d", "4000d"}) {
        INFO(text);
        CHECK_FALSE(parse_duration(text));
    }
}

TEST_CASE("the doctor starts a server for itself unless it is told not to") {
    const auto plain = parse_command_line({"doctor", "--config", "a.toml"});
    CHECK(std::get<DoctorCommand>(plain).may_start);
    CHECK_FALSE(std::get<DoctorCommand>(plain).as_json);
    const auto other = parse_command_line({"doctor", "--json", "--no-start", "--set", "realm=x"});
    CHECK_FALSE(std::get<DoctorCommand>(other).may_start);
    CHECK(std::get<DoctorCommand>(other).as_json);
    CHECK(std::get<DoctorCommand>(other).config.assignments.size() == 1);
}

}  // namespace
}  // namespace turnpike
