// SPDX-License-Identifier: BSD-3-Clause
//
// What the hidden command `turnpike-bench manual` prints, for the package: the manual page and the
// completion, of the same command line that the program obeys.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace turnpike::bench {

// "turnpike-bench" or "bash-completion"; the application is whole, with every command.
[[nodiscard]] std::string manual_text(const CLI::App& app, const std::string& what);

}  // namespace turnpike::bench
