// SPDX-License-Identifier: BSD-3-Clause
//
// What the dispatcher does for clients that move (RFC 8016 section 3.2.2): the ticket says which
// allocation a Refresh is for, and not the five-tuple.
#include "protocol/attributes.hpp"
#include "protocol/integrity.hpp"
#include "server/turn/answer.hpp"
#include "server/turn/dispatcher.hpp"
#include "server/turn/refresh.hpp"
#include "server/turn/unknown_attributes.hpp"

namespace turnpike::turn {
namespace {

using protocol::ErrorCode;
using protocol::Method;

// Any good token belongs to an allocation that another began, but a ticket can be read on its way:
// only who has the session's key takes it along.
bool may_move(const Allocation& allocation, const auth::Grant& grant) {
    const auto& token = allocation.grant().token;
    return allocation.belongs_to(grant) &&
           (!token || protocol::equal_in_constant_time(token->mac_key.octets(),
                                                       grant.token->mac_key.octets()));
}

// The control connection of a TCP allocation is a stream (RFC 6062 section 5.1).
bool can_serve(const Allocation& allocation, const protocol::FiveTuple& five_tuple) {
    return !allocation.relays_tcp() || protocol::is_stream(five_tuple.transport);
}

}  // namespace

Outcome Dispatcher::move(const Request& request, const auth::Identity& identity, Effects& effects) {
    const Answers answers{request, identity, settings_.software};
    if (!settings_.mobility) return answers.error(ErrorCode::mobility_forbidden);
    if (!peer_policy_->serves(request.five_tuple.client.address)) {
        return answers.error(ErrorCode::forbidden);
    }
    const auto ticket = ticket_in(request);
    if (!ticket) return answers.error(ErrorCode::bad_request);
    Allocation* allocation =
        living(allocations_.find(ticket->allocation), request.now.steady, effects);
    if (allocation == nullptr || !allocation->mobility().has_ticket()) {
        return answers.error(ErrorCode::allocation_mismatch);
    }
    if (!may_move(*allocation, identity.grant)) return answers.error(ErrorCode::wrong_credentials);
    if (!can_serve(*allocation, request.five_tuple)) return answers.error(ErrorCode::bad_request);

    const Mobility::Request wish{request.five_tuple, request.message.transaction_id(),
                                 ticket->number, request.now.steady};
    switch (allocation->mobility().judge(wish)) {
        case Mobility::Verdict::refuse:
            return answers.error(ErrorCode::bad_request);
        case Mobility::Verdict::repeat:
            return answers.refreshed(allocation->lifetime_left(request.now.steady),
                                     ticket_of(*allocation));
        case Mobility::Verdict::move:
            break;
    }
    // The five-tuple may be that of another allocation of this client.
    if (const Allocation* there = current(request, effects);
        there != nullptr && there != allocation) {
        return answers.error(ErrorCode::allocation_mismatch);
    }
    const auto& token = identity.grant.token;
    if (!understands(request.message, {.access_token = token.has_value()})) {
        return answers.error(ErrorCode::unknown_attribute);
    }
    if (token) allocation->renew(*token);
    const auto lifetime = refresh(change_of(request, *allocation, effects));
    if (!lifetime) return answers.error(lifetime.error());
    if (allocation->ended()) {
        forget_if_ended(*allocation);
        return answers.refreshed(*lifetime);
    }
    allocations_.move(*allocation, [&] { allocation->move(wish, effects); });
    return answers.refreshed(*lifetime, ticket_of(*allocation));
}

std::optional<auth::TicketOctets> Dispatcher::ticket_of(const Allocation& allocation) const {
    if (!settings_.mobility || !allocation.mobility().has_ticket()) return std::nullopt;
    return settings_.mobility->make({allocation.id(), allocation.mobility().ticket_number()});
}

void Dispatcher::notice(const protocol::FiveTuple& five_tuple, Allocation& allocation,
                        Effects& effects) {
    if (allocation.place().next != five_tuple) return;
    allocations_.move(allocation, [&] { allocation.arrive(effects); });
}

void Dispatcher::heard(const protocol::FiveTuple& five_tuple, Effects& effects) {
    if (Allocation* allocation = allocations_.find(five_tuple)) {
        notice(five_tuple, *allocation, effects);
    }
}

Allocation* Dispatcher::named(const Request& request, Effects& effects) {
    if (request.message.method() != Method::refresh) return current(request, effects);
    const auto ticket = ticket_in(request);
    if (!ticket) return current(request, effects);
    return living(allocations_.find(ticket->allocation), request.now.steady, effects);
}

std::optional<auth::MobilityTicket> Dispatcher::ticket_in(const Request& request) const {
    const auto octets = protocol::mobility_ticket(request.message);
    return settings_.mobility && octets ? settings_.mobility->read(*octets) : std::nullopt;
}

}  // namespace turnpike::turn
