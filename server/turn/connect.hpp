// SPDX-License-Identifier: BSD-3-Clause
//
// Connect (RFC 6062 section 5.2): whether the allocation may have a connection to this peer, and
// the answer, which is due only when the peer has answered or did not.
#pragma once

#include <string_view>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/error_code.hpp"
#include "protocol/result.hpp"
#include "server/turn/change.hpp"
#include "server/turn/outcome.hpp"

namespace turnpike::turn {

// The peer, where it may be tried.
[[nodiscard]] protocol::Result<protocol::Endpoint, protocol::ErrorCode> connect(
    const Change& change);

// Success with the connection's name; without one 447. In `room`; empty where that is too small.
[[nodiscard]] protocol::Bytes answer_connect(const AwaitedConnect& awaited,
                                             std::optional<protocol::ConnectionId> connection,
                                             std::string_view software,
                                             protocol::MutableBytes room);

}  // namespace turnpike::turn
