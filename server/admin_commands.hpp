// SPDX-License-Identifier: BSD-3-Clause
//
// Carries out what an operator asks of a running server, through its admin interface, and says what
// came of it.
#pragma once

#include "server/admin_arguments.hpp"
#include "server/exit_code.hpp"
#include "server/operate.hpp"

namespace turnpike {

[[nodiscard]] ExitCode operate(const SessionsCommand& command, const Console& console);
[[nodiscard]] ExitCode operate(const DrainCommand& command, const Console& console);
// bad_configuration where the server refused it: nothing has changed then.
[[nodiscard]] ExitCode operate(const ReloadCommand& command, const Console& console);
[[nodiscard]] ExitCode operate(const LogCommand& command, const Console& console);
[[nodiscard]] ExitCode operate(const EventsCommand& command, const Console& console);

}  // namespace turnpike
