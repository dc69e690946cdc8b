// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/owner.hpp"

#include "protocol/attributes.hpp"
#include "protocol/classify.hpp"

namespace turnpike::worker {
namespace {

using protocol::Message;

// ConnectionBind: the worker of the peer data connection (RFC 6062 section 5.4).
std::optional<WorkerIndex> owner_of(const Shared& shared, const Message& message) {
    if (message.method() != protocol::Method::connection_bind ||
        message.message_class() != protocol::MessageClass::request) {
        return std::nullopt;
    }
    const auto id = protocol::connection_id(message);
    return id ? shared.peer_connections.owner(*id) : std::nullopt;
}

}  // namespace

std::optional<WorkerIndex> owner_elsewhere(Context& context, const ClientMessage& message,
                                           const Message& decoded) {
    if (!protocol::is_stream(message.five_tuple.transport)) return std::nullopt;
    const auto owner = owner_of(context.shared, decoded);
    if (!owner || *owner == context.index) return std::nullopt;
    // A connection with an allocation stays with it.
    if (context.routes.find(message.five_tuple) != nullptr) return std::nullopt;
    return owner;
}

}  // namespace turnpike::worker
