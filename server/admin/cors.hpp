// SPDX-License-Identifier: BSD-3-Clause
//
// Which web pages may see an answer (Fetch Standard, "CORS protocol"): those of admin.cors_origins,
// on the routes that are for them; never all. Pure.
#pragma once

#include <string_view>

#include "server/admin/exchange.hpp"
#include "server/admin/settings.hpp"

namespace turnpike::admin {

// The answer to a browser that asks before it sends. A page of another origin, or one that wants
// another method than `methods`, is not told that it may.
[[nodiscard]] Answer preflight(const Request& request, std::string_view methods,
                               const Settings& settings);

// Adds who may see the answer, of a route that is for pages.
void share(Answer& answer, const Request& request, const Settings& settings);

}  // namespace turnpike::admin
