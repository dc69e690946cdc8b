// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/channel_bind.hpp"

#include <span>

#include "protocol/attributes.hpp"

namespace turnpike::turn {
namespace {

using protocol::Endpoint;
using protocol::ErrorCode;

bool in_range(std::uint16_t number, protocol::ChannelRange channels) {
    return number >= protocol::channel_min && number <= protocol::channel_max(channels);
}

bool has_room(const Change& change, std::uint16_t number, const Endpoint& peer) {
    const Allocation& allocation = change.allocation;
    const std::size_t added = allocation.channels().contains(number) ? 0 : 1;
    return allocation.channels().size() + added <= change.settings.channels_max &&
           allocation.permissions().size_with(std::span{&peer.address, 1}) <=
               change.settings.permissions_max;
}

}  // namespace

protocol::Result<void, ErrorCode> channel_bind(const Change& change) {
    const auto number = protocol::channel_number(change.message);
    const auto peer = protocol::xor_peer_address(change.message);
    if (change.allocation.relays_tcp()) return ErrorCode::bad_request;  // RFC 6062 section 3
    // No datagram goes to port 0, so no channel leads there.
    if (!number || !peer || peer->port == 0 || !in_range(*number, change.settings.channels) ||
        !change.allocation.channels().may_bind(*number, *peer)) {
        return ErrorCode::bad_request;
    }
    if (!change.allocation.has_family(peer->address.family())) {
        return ErrorCode::peer_address_family_mismatch;
    }
    if (!change.peer_policy.permits(*peer)) return ErrorCode::forbidden;
    if (!has_room(change, *number, *peer)) return ErrorCode::insufficient_capacity;
    change.allocation.bind(*number, *peer, change.now, change.effects);
    return {};
}

}  // namespace turnpike::turn
