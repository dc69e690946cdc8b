// SPDX-License-Identifier: BSD-3-Clause
//
// The command "check" of turnpike-bench: its options, and what it does with them.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "bench/load/login_arguments.hpp"
#include "client/check.hpp"

namespace turnpike::bench {

class CheckCommand {
public:
    // The application outlives it.
    explicit CheckCommand(CLI::App& program);

    [[nodiscard]] bool is_asked() const { return command_->parsed(); }
    // The exit code of the program.
    [[nodiscard]] int run() const;

private:
    [[nodiscard]] client::CheckSettings settings() const;

    CLI::App* command_;
    LoginArguments login_;
    std::vector<std::string> uris_;
    client::CheckSettings settings_;
    double timeout_seconds_ = 5;
    bool only_v4_ = false;
    bool only_v6_ = false;
    bool json_ = false;
};

}  // namespace turnpike::bench
