// SPDX-License-Identifier: BSD-3-Clause
//
// The subcommands that speak to the database, as a part of the command line: `migrate`, `user`,
// `call` and `secret`.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <variant>

#include "server/operator_arguments.hpp"

namespace turnpike {

// --config and --set, which every command has.
void add_config_options(CLI::App& command, ConfigArguments& config);
// --json, of every command that can print for scripts.
void add_json(CLI::App& command, bool& as_json);

class OperatorLine {
public:
    using Command = std::variant<MigrateCommand, UserCommand, CallCommand, SecretCommand>;

    // The application outlives this, and refers to it.
    explicit OperatorLine(CLI::App& app);
    OperatorLine(const OperatorLine&) = delete;
    OperatorLine& operator=(const OperatorLine&) = delete;

    // After the application has parsed: what was asked for, if it was one of these.
    [[nodiscard]] std::optional<Command> chosen() const { return chosen_; }

private:
    void add_user(CLI::App& app);
    void add_call(CLI::App& app);
    void add_secret(CLI::App& app);
    void add_call_limits(CLI::App& command);
    void add_time(CLI::App& command, const std::string& name, std::optional<storage::Time>& time,
                  const std::string& help);

    MigrateCommand migrate_;
    UserCommand user_;
    CallCommand call_;
    SecretCommand secret_;
    std::optional<Command> chosen_;
};

}  // namespace turnpike
