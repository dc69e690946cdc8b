// SPDX-License-Identifier: BSD-3-Clause
//
// What bash completes of a program: a script that knows the commands, the options of each, and what
// may stand behind an option. Needs no other program when it runs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "manual/command_tree.hpp"

namespace turnpike::manual {

// The words that stand for a kind of value: those that `KEY=VALUE` begins with, for example.
using ValueWords = std::map<std::string, std::vector<std::string>>;

[[nodiscard]] std::string bash_completion(const CommandNode& program,
                                          const ValueWords& values = {});

}  // namespace turnpike::manual
