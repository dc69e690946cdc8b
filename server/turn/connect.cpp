// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/connect.hpp"

#include "protocol/attributes.hpp"
#include "protocol/message_builder.hpp"

namespace turnpike::turn {

using protocol::AttributeType;
using protocol::ErrorCode;
using protocol::MessageClass;

protocol::Result<protocol::Endpoint, ErrorCode> connect(const Change& change) {
    const Allocation& allocation = change.allocation;
    if (!allocation.relays_tcp()) return ErrorCode::allocation_mismatch;
    const auto peer = protocol::xor_peer_address(change.message);
    if (!peer || peer->port == 0) return ErrorCode::bad_request;
    if (allocation.connections().leads_to(*peer)) return ErrorCode::connection_already_exists;
    if (!allocation.has_family(peer->address.family())) {
        return ErrorCode::peer_address_family_mismatch;
    }
    // Connected to itself it would hear what it says.
    if (allocation.relayed(peer->address.family()) == *peer) return ErrorCode::forbidden;
    if (!change.peer_policy.permits_connection(*peer)) return ErrorCode::forbidden;
    if (allocation.connections().size() >= change.settings.connections_max) {
        return ErrorCode::insufficient_capacity;
    }
    return *peer;
}

protocol::Bytes answer_connect(const AwaitedConnect& awaited,
                               std::optional<protocol::ConnectionId> connection,
                               std::string_view software, protocol::MutableBytes room) {
    protocol::MessageBuilder answer{room, connection ? MessageClass::success : MessageClass::error,
                                    protocol::Method::connect, awaited.transaction};
    if (connection) {
        answer.u32(AttributeType::connection_id, static_cast<std::uint32_t>(*connection));
    } else {
        constexpr auto failed = ErrorCode::connection_timeout_or_failure;
        answer.error_code(failed, protocol::reason_of(failed));
    }
    if (!software.empty()) answer.text(AttributeType::software, software);
    answer.integrity(awaited.integrity, awaited.key.octets());
    if (awaited.fingerprint) answer.fingerprint();
    return answer.finish();
}

}  // namespace turnpike::turn
