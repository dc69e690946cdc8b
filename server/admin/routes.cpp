// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/routes.hpp"

namespace turnpike::admin {

std::vector<Route> all_routes() {
    std::vector<Route> all;
    for (auto* const part : {health_routes, session_routes, control_routes, credential_routes,
                             user_routes, call_routes}) {
        const auto rows = part();
        all.insert(all.end(), rows.begin(), rows.end());
    }
    return all;
}

}  // namespace turnpike::admin
