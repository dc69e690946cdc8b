// SPDX-License-Identifier: BSD-3-Clause
//
// The doctor command: what serve() would start with is gathered, examined and told.
#pragma once

#include <iosfwd>

#include "server/command_line.hpp"
#include "server/exit_code.hpp"

namespace turnpike {

// Clean where nothing keeps the relay from working; warnings do not.
[[nodiscard]] ExitCode examine(const DoctorCommand& command, std::ostream& out);

}  // namespace turnpike
