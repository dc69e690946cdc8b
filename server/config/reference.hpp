// SPDX-License-Identifier: BSD-3-Clause
//
// The table of options as people read it: a list of what can be set, and a sample file in which
// every line may be uncommented without changing anything.
#pragma once

#include <string>

#include "server/config/option.hpp"

namespace turnpike::config {

// "a whole number from 0 to 256", "keep or end", ...
[[nodiscard]] std::string describe_type(const Option& option);

// Every option: key, type, default, environment variable, and whether a restart is needed.
[[nodiscard]] std::string reference();

// What this build can do, section by section.
[[nodiscard]] std::string sample_file();

}  // namespace turnpike::config
