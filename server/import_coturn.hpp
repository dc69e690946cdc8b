// SPDX-License-Identifier: BSD-3-Clause
//
// `turnpike import-coturn`: reads the file, asks this machine what the text does not tell, and
// writes what came of it. A configuration holds secrets, so the file that is made is for its owner
// and group alone.
#pragma once

#include "server/command_line.hpp"
#include "server/exit_code.hpp"
#include "server/operate.hpp"

namespace turnpike {

// bad_configuration: the file has errors, and no configuration was written.
[[nodiscard]] ExitCode import_coturn(const ImportCoturnCommand& command, const Console& console);

}  // namespace turnpike
