// SPDX-License-Identifier: BSD-3-Clause
//
// Binding (RFC 8489 section 12): tells a client how its address looks from here, and from another
// endpoint where it asks for that (RFC 5780). Needs no credentials and keeps no state. ICE
// attributes do not disturb it.
#pragma once

#include "server/turn/outcome.hpp"
#include "server/turn/request.hpp"
#include "server/turn/settings.hpp"

namespace turnpike::turn {

[[nodiscard]] Outcome binding(const Request& request, const Settings& settings);

}  // namespace turnpike::turn
