// SPDX-License-Identifier: BSD-3-Clause
//
// Carries out what an operator asks of the database, and says what came of it. What was changed
// takes effect in every running server that shares the database, within a second.
#pragma once

#include <iosfwd>

#include "server/exit_code.hpp"
#include "server/operator_arguments.hpp"

namespace turnpike {

// Where passwords are read from, and where text goes.
struct Console {
    std::istream& in;
    std::ostream& out;
    std::ostream& error;
    bool as_json = false;  // what was found or done: one object a line, for scripts
};

[[nodiscard]] ExitCode operate(const MigrateCommand& command, const Console& console);
[[nodiscard]] ExitCode operate(const UserCommand& command, const Console& console);
[[nodiscard]] ExitCode operate(const CallCommand& command, const Console& console);
[[nodiscard]] ExitCode operate(const SecretCommand& command, const Console& console);

}  // namespace turnpike
