// SPDX-License-Identifier: BSD-3-Clause
//
// What the program was asked to do: its arguments as a value, or the text and the code to end with.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/admin_arguments.hpp"
#include "server/config_arguments.hpp"
#include "server/exit_code.hpp"
#include "server/operator_arguments.hpp"

namespace turnpike {

struct ServeCommand {
    ConfigArguments config;
};
struct CheckConfigCommand {
    ConfigArguments config;
    bool quiet = false;  // the good ones: without what is in force
};
struct CredentialsCommand {
    ConfigArguments config{};
    std::string user{};
    std::string call{};
    std::string host{};  // empty: the configured addresses
    std::chrono::seconds lifetime{};
    bool as_uris = false;  // the shape of the TURN REST draft, not of RTCIceServer
};
struct DoctorCommand {
    ConfigArguments config;
    bool as_json = false;
    bool may_start = true;  // a server, where none runs
};
struct ImportCoturnCommand {
    std::string file;
    std::optional<std::string> output;  // none: standard output
    std::optional<std::string> report;  // none: standard error
    bool force = false;                 // write over files that exist
};
struct OptionsCommand {};
struct SampleConfigCommand {};

// --help, --version and mistakes.
struct Farewell {
    ExitCode code = ExitCode::clean;
    std::string text;  // to standard output where the code is clean, else to standard error
};

using Command =
    std::variant<Farewell, ServeCommand, CheckConfigCommand, CredentialsCommand, DoctorCommand,
                 OptionsCommand, SampleConfigCommand, ImportCoturnCommand, MigrateCommand,
                 UserCommand, CallCommand, SecretCommand, SessionsCommand, DrainCommand,
                 ReloadCommand, LogCommand, EventsCommand>;

// Without the name of the program.
[[nodiscard]] Command parse_command_line(std::vector<std::string> arguments);

// "90", "90s", "15m", "12h", "1d"; from one second to ten years.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

}  // namespace turnpike
