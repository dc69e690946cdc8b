// SPDX-License-Identifier: BSD-3-Clause
//
// The subcommands that speak to a running server, as a part of the command line: `sessions`,
// `drain`, `reload`, `log` and `events`.
#pragma once

#include <CLI/App.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/admin_arguments.hpp"

namespace turnpike {

class AdminLine {
public:
    using Command =
        std::variant<SessionsCommand, DrainCommand, ReloadCommand, LogCommand, EventsCommand>;

    // The application outlives this, and refers to it.
    explicit AdminLine(CLI::App& app);
    AdminLine(const AdminLine&) = delete;
    AdminLine& operator=(const AdminLine&) = delete;

    // After the application has parsed: what was asked for, if it was one of these.
    [[nodiscard]] std::optional<Command> chosen() const { return chosen_; }

private:
    void add_sessions(CLI::App& app);
    void add_filters(CLI::App& command);
    void add_drain(CLI::App& app);
    void add_log(CLI::App& app);

    SessionsCommand sessions_;
    DrainCommand drain_;
    ReloadCommand reload_;
    LogCommand log_;
    EventsCommand events_;
    std::optional<Command> chosen_;
};

}  // namespace turnpike
