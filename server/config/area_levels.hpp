// SPDX-License-Identifier: BSD-3-Clause
//
// log.areas between its table in the file and its value: which areas of the log have a level of
// their own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/config/config.hpp"
#include "server/config/option.hpp"
#include "server/config/read_value.hpp"
#include "server/config/toml.hpp"

namespace turnpike::config {

// None where anything in the table is wrong; each such thing was complained about. The areas that
// exist are the words of the option.
[[nodiscard]] std::optional<std::vector<AreaLevel>> read_area_levels(const toml::table& table,
                                                                     const Option& option,
                                                                     Complaints& complaints);

// One entry of the table: storage = "debug".
[[nodiscard]] std::string to_toml(const AreaLevel& level);

}  // namespace turnpike::config
