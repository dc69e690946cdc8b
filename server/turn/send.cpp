// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/send.hpp"

#include "protocol/attributes.hpp"
#include "server/turn/unknown_attributes.hpp"

namespace turnpike::turn {

Outcome send(const protocol::Message& message, const Allocation& allocation,
             const auth::PeerPolicy& peer_policy) {
    if (allocation.relays_tcp()) return Silence{};  // RFC 6062 section 3
    if (!understands(message)) return Silence{};
    const auto peer = protocol::xor_peer_address(message);
    const auto data = protocol::data(message);
    if (!peer || !data) return Silence{};
    if (!allocation.has_family(peer->address.family()) || !peer_policy.permits(*peer)) {
        return Silence{};
    }
    return RelayToPeer{.peer = *peer,
                       .data = *data,
                       .dont_fragment = message.has(protocol::AttributeType::dont_fragment)};
}

}  // namespace turnpike::turn
