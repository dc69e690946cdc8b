// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/create_permission.hpp"

#include <algorithm>
#include <vector>

#include "protocol/attributes.hpp"

namespace turnpike::turn {
namespace {

using protocol::ErrorCode;
using protocol::IpAddress;

// The addresses named, each once. Empty where one is malformed, or there is none.
std::vector<IpAddress> named_peers(const protocol::Message& message) {
    std::vector<IpAddress> peers;
    for (const protocol::Attribute attribute : message) {
        if (attribute.type !=
            static_cast<std::uint16_t>(protocol::AttributeType::xor_peer_address)) {
            continue;
        }
        const auto peer = protocol::decode_xor_address(attribute.value, message.transaction_id());
        if (!peer) return {};
        peers.push_back(peer->address);  // the port does not matter (section 9)
    }
    std::ranges::sort(peers);
    const auto repeated = std::ranges::unique(peers);
    peers.erase(repeated.begin(), repeated.end());
    return peers;
}

}  // namespace

protocol::Result<void, ErrorCode> create_permission(const Change& change) {
    Allocation& allocation = change.allocation;
    const std::vector<IpAddress> peers = named_peers(change.message);
    if (peers.empty()) return ErrorCode::bad_request;
    if (!std::ranges::all_of(
            peers, [&](const IpAddress& peer) { return allocation.has_family(peer.family()); })) {
        return ErrorCode::peer_address_family_mismatch;
    }
    if (!std::ranges::all_of(
            peers, [&](const IpAddress& peer) { return change.peer_policy.permits(peer); })) {
        return ErrorCode::forbidden;
    }
    if (allocation.permissions().size_with(peers) > change.settings.permissions_max) {
        return ErrorCode::insufficient_capacity;
    }
    allocation.permit(peers, change.now, change.effects);
    return {};
}

}  // namespace turnpike::turn
