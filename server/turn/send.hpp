// SPDX-License-Identifier: BSD-3-Clause
//
// Send indications (RFC 8656 section 11.2). Never answered and never authenticated; what breaks a
// rule is dropped. The permission is looked up by the relay, which knows it as a route.
#pragma once

#include "auth/peer_policy.hpp"
#include "protocol/message.hpp"
#include "server/turn/allocation.hpp"
#include "server/turn/outcome.hpp"

namespace turnpike::turn {

[[nodiscard]] Outcome send(const protocol::Message& message, const Allocation& allocation,
                           const auth::PeerPolicy& peer_policy);

}  // namespace turnpike::turn
