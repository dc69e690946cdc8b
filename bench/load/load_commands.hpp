// SPDX-License-Identifier: BSD-3-Clause
//
// The commands that load a server: their options, and which measurement each of them is.
#pragma once

#include <CLI/App.hpp>

#include "bench/load/load_arguments.hpp"

namespace turnpike::bench {

class LoadCommands {
public:
    // The application outlives it.
    explicit LoadCommands(CLI::App& program);

    [[nodiscard]] bool is_asked() const;
    // The exit code of the program. Throws BadStart and CLI::ValidationError.
    [[nodiscard]] int run() const;

private:
    LoadArguments arguments_;
    CLI::App* relay_;
};

}  // namespace turnpike::bench
