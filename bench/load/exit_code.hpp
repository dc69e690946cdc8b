// SPDX-License-Identifier: BSD-3-Clause
//
// What the program's exit codes mean; 0 is that all is well.
#pragma once

namespace turnpike::bench {

inline constexpr int exit_failed = 1;  // a server that does not do, or a requirement not met
inline constexpr int exit_usage = 2;

}  // namespace turnpike::bench
