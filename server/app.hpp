// SPDX-License-Identifier: BSD-3-Clause
//
// The program behind main(): one function per subcommand, the exit code of each, and the only place
// that catches what goes wrong at the start.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "server/exit_code.hpp"

namespace turnpike {

// Without the name of the program.
[[nodiscard]] ExitCode run(std::vector<std::string> arguments, std::ostream& out,
                           std::ostream& error);

}  // namespace turnpike
