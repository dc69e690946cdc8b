// SPDX-License-Identifier: BSD-3-Clause
//
// Prints an iceServers entry. A running server mints it, with the secrets and the URLs that it has
// now; where none runs, or only the file knows the answer (a fixed user, a host of one's own), the
// configuration does.
#pragma once

#include "server/command_line.hpp"
#include "server/exit_code.hpp"
#include "server/operate.hpp"

namespace turnpike {

[[nodiscard]] ExitCode operate(const CredentialsCommand& command, const Console& console);

}  // namespace turnpike
