// SPDX-License-Identifier: BSD-3-Clause
//
// ConnectionBind (RFC 6062 section 5.4): joins the connection that it comes on to a peer data
// connection that waits.
#pragma once

#include "protocol/connection_id.hpp"
#include "protocol/error_code.hpp"
#include "protocol/result.hpp"
#include "server/turn/allocation.hpp"
#include "server/turn/request.hpp"

namespace turnpike::turn {

// The connection to join. `allocation` has it; null where there is none.
[[nodiscard]] protocol::Result<protocol::ConnectionId, protocol::ErrorCode> connection_bind(
    const Request& request, const Allocation* allocation);

}  // namespace turnpike::turn
