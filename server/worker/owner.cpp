// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/owner.hpp"

#include "protocol/attributes.hpp"
#include "protocol/classify.hpp"
#include "server/worker/allocation_owner.hpp"

namespace turnpike::worker {
namespace {

using protocol::Message;

// ConnectionBind: the worker of the peer data connection (RFC 6062 section 5.4).
std::optional<WorkerIndex> connection_owner(const Shared& shared, const Message& message) {
    if (message.method() != protocol::Method::connection_bind ||
        message.message_class() != protocol::MessageClass::request) {
        return std::nullopt;
    }
    const auto id = protocol::connection_id(message);
    return id ? shared.peer_connections.owner(*id) : std::nullopt;
}

}  // namespace

// A Refresh with a MOBILITY-TICKET (RFC 8016 section 3.2.2).
std::optional<WorkerIndex> ticket_owner(const turn::Settings& settings,
                                        const protocol::Message& message) noexcept {
    const auto& tickets = settings.mobility;
    const bool moves = tickets && message.method() == protocol::Method::refresh &&
                       message.message_class() == protocol::MessageClass::request;
    if (!moves) return std::nullopt;
    const auto shown = protocol::mobility_ticket(message);
    const auto ticket = shown ? tickets->read(*shown) : std::nullopt;
    return ticket ? std::optional{owner_of(ticket->allocation)} : std::nullopt;
}

std::optional<WorkerIndex> owner_elsewhere(Context& context, const ClientMessage& message,
                                           const Message& decoded) {
    const StreamWriter* const connection = message.link.stream;
    if (connection == nullptr || !connection->can_leave()) return std::nullopt;
    std::optional<WorkerIndex> owner;
    if (protocol::is_stream(message.five_tuple.transport)) {
        owner = connection_owner(context.shared, decoded);
    }
    if (!owner) owner = ticket_owner(context.rules->settings.turn, decoded);
    if (!owner || *owner == context.index) return std::nullopt;
    // A connection with an allocation stays with it.
    if (context.routes.knows(message.five_tuple)) return std::nullopt;
    return owner;
}

}  // namespace turnpike::worker
