// SPDX-License-Identifier: BSD-3-Clause
//
// How the program ends, for scripts and service managers.
#pragma once

namespace turnpike {

enum class ExitCode : int {
    clean = 0,
    bad_configuration = 1,
    bad_usage = 2,
    system_failure = 3,
};

}  // namespace turnpike
