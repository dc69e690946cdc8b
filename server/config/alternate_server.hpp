// SPDX-License-Identifier: BSD-3-Clause
//
// One server of redirect.servers between its table in the file and its value.
#pragma once

#include <optional>
#include <string>

#include "server/config/config.hpp"
#include "server/config/option.hpp"
#include "server/config/read_value.hpp"
#include "server/config/toml.hpp"

namespace turnpike::config {

// None where anything in the table is wrong; each such thing was complained about.
[[nodiscard]] std::optional<AlternateServer> read_alternate_server(const toml::table& table,
                                                                   const Option& option,
                                                                   Complaints& complaints);

[[nodiscard]] std::string to_toml(const AlternateServer& server);

}  // namespace turnpike::config
