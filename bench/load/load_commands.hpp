// SPDX-License-Identifier: BSD-3-Clause
//
// The commands that load a server: their options, and which measurement each of them is.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "bench/load/load_arguments.hpp"

namespace turnpike::bench {

class LoadCommands {
public:
    // The application outlives it.
    explicit LoadCommands(CLI::App& program);

    [[nodiscard]] bool is_asked() const;
    // The exit code of the program; the command line is for the report. Throws BadStart and
    // CLI::ValidationError.
    [[nodiscard]] int run(const std::string& command_line) const;

private:
    [[nodiscard]] std::vector<CLI::App*> all() const;
    [[nodiscard]] Settings settings() const;

    LoadArguments arguments_;
    CLI::App* relay_;
    CLI::App* symmetric_;
    CLI::App* allocate_;
    CLI::App* binding_;
    CLI::App* hold_;
    CLI::App* profile_;
    CLI::App* plan_;
};

}  // namespace turnpike::bench
