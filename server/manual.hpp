// SPDX-License-Identifier: BSD-3-Clause
//
// What the hidden command `turnpike manual` prints, for the package: manual pages and completion,
// of the same command line and the same table of options that the program obeys.
#pragma once

#include <CLI/App.hpp>
#include <string>

namespace turnpike {

// "turnpike", "turnpike.toml" or "bash-completion"; the application is whole, with every command.
[[nodiscard]] std::string manual_text(const CLI::App& app, const std::string& what);

}  // namespace turnpike
