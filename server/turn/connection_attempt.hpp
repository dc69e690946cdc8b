// SPDX-License-Identifier: BSD-3-Clause
//
// A peer connects to a relayed address (RFC 6062 section 5.3): whether it may, and the
// ConnectionAttempt indication that tells the client.
#pragma once

#include "auth/peer_policy.hpp"
#include "protocol/bytes.hpp"
#include "protocol/message.hpp"
#include "server/turn/allocation.hpp"
#include "server/turn/outcome.hpp"

namespace turnpike::turn {

// By permission, by policy, and by how many there are.
[[nodiscard]] bool may_arrive(const PeerConnection& arriving, const Allocation& allocation,
                              const auth::PeerPolicy& peer_policy, const Settings& settings);

// In `room`; empty where that is too small.
[[nodiscard]] protocol::Bytes connection_attempt(const PeerConnection& arrived,
                                                 const protocol::TransactionId& transaction,
                                                 protocol::MutableBytes room);

}  // namespace turnpike::turn
