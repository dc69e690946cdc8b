// SPDX-License-Identifier: BSD-3-Clause
//
// Allocate (RFC 8656 section 7.2): which relayed addresses a request asks for, or why it may not.
// The opening itself is the worker's.
#pragma once

#include "protocol/error_code.hpp"
#include "protocol/message.hpp"
#include "protocol/result.hpp"
#include "server/turn/outcome.hpp"
#include "server/turn/settings.hpp"

namespace turnpike::turn {

// Steps 3 to 9, in their order. The identity is the caller's to fill in. `client` is how the client
// speaks to us: whether peers can be spoken to over TCP depends on it (RFC 6062 section 5.1).
[[nodiscard]] protocol::Result<OpenRelay, protocol::ErrorCode> plan_relay(
    const protocol::Message& message, const Settings& settings, protocol::Transport client);

// What ADDRESS-ERROR-CODE says of a family (section 7.2 (9)): the worker's reason, or 440 where
// `wish` could not even ask for it.
[[nodiscard]] std::optional<protocol::ErrorCode> reason_without(protocol::Family family,
                                                                const OpenRelay& wish,
                                                                const OpenedRelay& opened);

}  // namespace turnpike::turn
