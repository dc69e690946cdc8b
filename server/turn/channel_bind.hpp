// SPDX-License-Identifier: BSD-3-Clause
//
// ChannelBind (RFC 8656 section 12.2): binds a channel to a peer, or renews the binding, and
// installs a permission for the peer's address.
#pragma once

#include "protocol/error_code.hpp"
#include "protocol/result.hpp"
#include "server/turn/change.hpp"

namespace turnpike::turn {

[[nodiscard]] protocol::Result<void, protocol::ErrorCode> channel_bind(const Change& change);

}  // namespace turnpike::turn
