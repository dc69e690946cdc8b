// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/connection_attempt.hpp"

#include "protocol/message_builder.hpp"

namespace turnpike::turn {

using protocol::AttributeType;

// The caller has ended what was due, so a permission that is there has not expired.
bool may_arrive(const PeerConnection& arriving, const Allocation& allocation,
                const auth::PeerPolicy& peer_policy, const Settings& settings) {
    return allocation.relays_tcp() && allocation.permissions().contains(arriving.peer.address) &&
           peer_policy.permits_connection(arriving.peer) &&
           allocation.connections().size() < settings.connections_max;
}

protocol::Bytes connection_attempt(const PeerConnection& arrived,
                                   const protocol::TransactionId& transaction,
                                   protocol::MutableBytes room) {
    protocol::MessageBuilder indication{room, protocol::MessageClass::indication,
                                        protocol::Method::connection_attempt, transaction};
    indication.xor_address(AttributeType::xor_peer_address, arrived.peer);
    indication.u32(AttributeType::connection_id, static_cast<std::uint32_t>(arrived.connection));
    return indication.finish();
}

}  // namespace turnpike::turn
