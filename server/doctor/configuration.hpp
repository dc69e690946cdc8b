// SPDX-License-Identifier: BSD-3-Clause
//
// What the rules of the configuration said of it, as findings. Pure.
#pragma once

#include "server/config/load.hpp"
#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

// Errors are problems, warnings are warnings; `name` is where it was read from.
[[nodiscard]] Findings judge_configuration(const config::Loaded& loaded, std::string_view name);

}  // namespace turnpike::doctor
