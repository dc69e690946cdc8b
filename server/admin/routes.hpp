// SPDX-License-Identifier: BSD-3-Clause
//
// The rows of the table of routes, by what they are about.
#pragma once

#include <vector>

#include "server/admin/router.hpp"

namespace turnpike::admin {

[[nodiscard]] std::vector<Route> health_routes();      // health, metrics, this interface itself
[[nodiscard]] std::vector<Route> session_routes();     // allocations that live
[[nodiscard]] std::vector<Route> control_routes();     // configuration, reload, drain, log, events
[[nodiscard]] std::vector<Route> credential_routes();  // credentials and mint keys
[[nodiscard]] std::vector<Route> user_routes();
[[nodiscard]] std::vector<Route> call_routes();

[[nodiscard]] std::vector<Route> all_routes();

}  // namespace turnpike::admin
