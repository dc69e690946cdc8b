// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/dispatcher.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "protocol/attributes.hpp"
#include "server/turn/allocate.hpp"
#include "server/turn/answer.hpp"
#include "server/turn/binding.hpp"
#include "server/turn/channel_bind.hpp"
#include "server/turn/connect.hpp"
#include "server/turn/connection_attempt.hpp"
#include "server/turn/connection_bind.hpp"
#include "server/turn/create_permission.hpp"
#include "server/turn/login_limit.hpp"
#include "server/turn/refresh.hpp"
#include "server/turn/send.hpp"
#include "server/turn/unknown_attributes.hpp"

namespace turnpike::turn {
namespace {

using protocol::AttributeType;
using protocol::ErrorCode;
using protocol::Method;

// What a message asks of a server, by method and class together.
enum class Intent {
    binding,       // a request or an indication, from anyone
    send,          // an indication, from a client with an allocation
    authenticate,  // a TURN request, which needs credentials
    nothing,       // an unknown method, a response, or a class that the method lacks
};

Intent intent_of(const protocol::Message& message) {
    const bool request = message.message_class() == protocol::MessageClass::request;
    const bool indication = message.message_class() == protocol::MessageClass::indication;
    switch (message.method()) {
        case Method::binding:
            return request || indication ? Intent::binding : Intent::nothing;
        case Method::send:
            return indication ? Intent::send : Intent::nothing;
        case Method::allocate:
        case Method::refresh:
        case Method::create_permission:
        case Method::channel_bind:
        case Method::connect:
        case Method::connection_bind:
            return request ? Intent::authenticate : Intent::nothing;
        default:
            return Intent::nothing;
    }
}

// The credential of a request that brings no access token, where this allocation was made by one:
// only Allocate and Refresh bring it, all else is signed with its key (RFC 7635 section 11).
std::optional<auth::Credential> session_credential(const auth::Claim& claim,
                                                   const Allocation* allocation) {
    if (allocation == nullptr || claim.user.token || claim.user.username.empty()) return {};
    const auto& token = allocation->grant().token;
    if (!token || token->key_id != claim.user.username) return {};
    return auth::Credential{
        .md5 = token->mac_key, .sha256 = token->mac_key, .grant = allocation->grant()};
}

AllocationSeed seed_of(const Request& request, const OpenRelay& wish, const OpenedRelay& opened) {
    const auto lifetime = protocol::lifetime(request.message);
    return AllocationSeed{.id = opened.allocation,
                          .grant = wish.identity.grant,
                          .created_by = request.message.transaction_id(),
                          .relayed = opened.relayed,
                          .family_error = {reason_without(protocol::Family::ipv4, wish, opened),
                                           reason_without(protocol::Family::ipv6, wish, opened)},
                          .reservation = opened.reservation,
                          .lifetime = lifetime ? *lifetime : lifetime_default,
                          .has_ticket = request.message.has(AttributeType::mobility_ticket),
                          .transport = wish.transport,
                          .connections = nullptr};
}

// Of a Refresh that got a lifetime of 0: whether it was for more. Clients take that for the end and
// close, up to a second early; without an answer they ask again, and by then it is over.
bool is_last_second(const Request& request) {
    const auto asked = protocol::lifetime(request.message);
    const bool wants_end = asked && *asked == std::chrono::seconds::zero();
    return !wants_end && !protocol::is_stream(request.five_tuple.transport);
}

bool opened_any(const OpenedRelay& opened) {
    return std::ranges::any_of(opened.relayed, [](const auto& half) { return half.has_value(); });
}

}  // namespace

Dispatcher::Dispatcher(Settings settings, const auth::Authenticator& authenticator,
                       const auth::PeerPolicy& peer_policy)
    : settings_{std::move(settings)}, authenticator_{&authenticator}, peer_policy_{&peer_policy} {}

Outcome Dispatcher::handle(const Request& request, Effects& effects) {
    switch (intent_of(request.message)) {
        case Intent::binding:
            return binding(request, settings_);
        case Intent::send: {
            Allocation* allocation = current(request, effects);
            if (allocation == nullptr) return Silence{};
            notice(request.five_tuple, *allocation, effects);
            return turn::send(request.message, *allocation, *peer_policy_);
        }
        case Intent::authenticate: {
            const auto examined = authenticator_->examine(request.message);
            if (const auto* denial = std::get_if<auth::Denial>(&examined)) {
                return deny(request, denial->code);
            }
            const auto& claim = std::get<auth::Claim>(examined);
            if (const auto known = session_credential(claim, named(request, effects))) {
                return resume(request, claim, std::span{&*known, 1}, effects);
            }
            return NeedCredential{claim};
        }
        case Intent::nothing:
            return Silence{};
    }
    return Silence{};
}

Outcome Dispatcher::resume(const Request& request, const auth::Claim& claim,
                           std::span<const auth::Credential> candidates, Effects& effects) {
    const auto verified = authenticator_->verify(request.message, claim, candidates,
                                                 {request.five_tuple.client, request.now});
    if (const auto* denial = std::get_if<auth::Denial>(&verified)) {
        return deny(request, denial->code);
    }
    return obey(request, std::get<auth::Identity>(verified), effects);
}

Outcome Dispatcher::unavailable(const Request& request) const {
    return deny(request, ErrorCode::server_error);
}

Outcome Dispatcher::stale(const Request& request) const {
    return deny(request, ErrorCode::stale_nonce);
}

Outcome Dispatcher::obey(const Request& request, const auth::Identity& identity, Effects& effects) {
    if (request.message.method() == Method::connection_bind) {
        return bind_connection(request, identity, effects);
    }
    const bool allocates = request.message.method() == Method::allocate;
    const auto limit = limit_against(identity, request.now);
    if (allocates && limit && is_of_login(*limit)) {
        return because_of(limit, deny(request, ErrorCode::unauthenticated));
    }
    if (request.message.method() == Method::refresh &&
        request.message.has(AttributeType::mobility_ticket)) {
        return move(request, identity, effects);
    }
    const Answers answers{request, identity, settings_.software};
    Allocation* allocation = current(request, effects);
    if (allocation != nullptr && !allocation->belongs_to(identity.grant)) {
        return answers.error(ErrorCode::wrong_credentials);
    }
    if (allocates && allocation != nullptr) return answer_again(request, answers, *allocation);
    if (!allocates && allocation == nullptr) {
        const auto why = limit ? limit : recently_ended_.find(request.five_tuple);
        return answers.refused(ErrorCode::allocation_mismatch, why);
    }
    if (limit && allocates) return answers.refused(ErrorCode::forbidden, limit);
    const auto& token = identity.grant.token;
    if (!understands(request.message, {.access_token = token.has_value()})) {
        return answers.error(ErrorCode::unknown_attribute);
    }
    if (allocates) return allocate(request, identity);
    if (token && request.message.method() == Method::refresh) allocation->renew(*token);
    return change(request, answers, *allocation, effects);
}

Outcome Dispatcher::allocate(const Request& request, const auth::Identity& identity) const {
    const Answers answers{request, identity, settings_.software};
    if (!peer_policy_->serves(request.five_tuple.client.address)) {
        return answers.error(ErrorCode::forbidden);
    }
    // RFC 8016 section 3.1.2.
    if (const auto ticket = protocol::mobility_ticket(request.message)) {
        if (!ticket->empty()) return answers.error(ErrorCode::bad_request);
        if (!settings_.mobility) return answers.error(ErrorCode::mobility_forbidden);
    }
    auto wish = plan_relay(request.message, settings_, request.five_tuple.transport);
    if (!wish) return answers.error(wish.error());
    wish->identity = identity;
    return *std::move(wish);
}

std::optional<Outcome> Dispatcher::redirect(const Request& request, const OpenRelay& wish,
                                            std::uint64_t random) const {
    const auto chosen = settings_.alternates.choose(request.five_tuple, random);
    if (!chosen) return std::nullopt;
    return Answers{request, wish.identity, settings_.software}.redirected(*chosen);
}

Outcome Dispatcher::relay_opened(const Request& request, const OpenRelay& wish,
                                 const OpenedRelay& opened, Effects& effects) {
    const Answers answers{request, wish.identity, settings_.software};
    if (opened.error || !opened_any(opened)) {
        return answers.refused(opened.error.value_or(ErrorCode::insufficient_capacity),
                               opened.limit);
    }
    // Another request of this client may have been faster while this one waited for its relay.
    if (const Allocation* winner = current(request, effects)) {
        effects.emplace_back(EndAllocation{opened.allocation, EndReason::refused});
        return winner->belongs_to(wish.identity.grant)
                   ? answer_again(request, answers, *winner)
                   : answers.error(ErrorCode::wrong_credentials);
    }
    AllocationSeed seed = seed_of(request, wish, opened);
    seed.connections = &connections_;
    recently_ended_.forget(request.five_tuple);
    Allocation& allocation =
        allocations_.insert(Allocation{{.seed = std::move(seed), .client = request.five_tuple},
                                       settings_,
                                       request.now.steady,
                                       effects});
    Outcome outcome = answers.allocated(allocation, ticket_of(allocation));
    if (std::holds_alternative<Silence>(outcome)) {  // a client that is told nothing holds nothing
        allocation.end(EndReason::refused, effects);
        forget_if_ended(allocation);
    }
    return outcome;
}

// An Allocate on a five-tuple that has an allocation: the retransmission of the one that made it
// gets the same success, any other a mismatch (RFC 8656 section 7.2 (2) and its note).
Outcome Dispatcher::answer_again(const Request& request, const Answers& answers,
                                 const Allocation& allocation) const {
    return allocation.created_by(request.message.transaction_id())
               ? answers.allocated(allocation, ticket_of(allocation))
               : answers.error(ErrorCode::allocation_mismatch);
}

Change Dispatcher::change_of(const Request& request, Allocation& allocation,
                             Effects& effects) const {
    return {.message = request.message,
            .allocation = allocation,
            .settings = settings_,
            .peer_policy = *peer_policy_,
            .now = request.now.steady,
            .effects = effects};
}

Outcome Dispatcher::change(const Request& request, const Answers& answers, Allocation& allocation,
                           Effects& effects) {
    const Change change = change_of(request, allocation, effects);
    if (request.message.method() == Method::connect) {
        const auto peer = connect(change);
        if (!peer) return answers.error(peer.error());
        return ConnectPeer{allocation.id(), *peer, answers.later()};
    }
    if (request.message.method() == Method::refresh) {
        const auto lifetime = refresh(change);
        if (!lifetime) return answers.error(lifetime.error());
        forget_if_ended(allocation);
        if (*lifetime == std::chrono::seconds::zero() && is_last_second(request)) return Silence{};
        return answers.refreshed(*lifetime);
    }
    const auto changed = request.message.method() == Method::create_permission
                             ? create_permission(change)
                             : channel_bind(change);
    return changed ? answers.success() : answers.error(changed.error());
}

// It comes on a connection that has no allocation, and is judged by that of the connection which it
// names (RFC 6062 section 5.4).
Outcome Dispatcher::bind_connection(const Request& request, const auth::Identity& identity,
                                    Effects& effects) {
    const Answers answers{request, identity, settings_.software};
    const bool is_control = current(request, effects) != nullptr;
    const auto named = protocol::connection_id(request.message);
    const auto entry = named ? connections_.find(*named) : connections_.end();
    Allocation* allocation = entry == connections_.end() ? nullptr
                                                         : living(allocations_.find(entry->second),
                                                                  request.now.steady, effects);
    if (allocation != nullptr && !allocation->belongs_to(identity.grant)) {
        return answers.error(ErrorCode::wrong_credentials);
    }
    if (!understands(request.message)) return answers.error(ErrorCode::unknown_attribute);
    if (is_control) return answers.error(ErrorCode::bad_request);
    const auto connection = connection_bind(request, allocation);
    if (!connection) return answers.error(connection.error());
    Outcome outcome = answers.success();
    const auto* reply = std::get_if<Reply>(&outcome);
    if (reply == nullptr) return outcome;
    allocation->bind(*connection);
    return AttachClient{*reply, {allocation->id(), *connection, {}}};
}

void Dispatcher::connecting(const PeerConnection& connection, protocol::TimePoint now,
                            Effects& effects) {
    if (Allocation* allocation = allocations_.find(connection.allocation)) {
        allocation->connect(connection, now, effects);
    }
}

bool Dispatcher::connected(const PeerConnection& connection, protocol::TimePoint now,
                           Effects& effects) {
    Allocation* allocation = living(allocations_.find(connection.allocation), now, effects);
    if (allocation == nullptr || allocation->connections().state_of(connection.connection) !=
                                     PeerConnections::State::connecting) {
        return false;
    }
    allocation->connected(connection.connection, now, effects);
    return true;
}

bool Dispatcher::arrived(const PeerConnection& connection, protocol::TimePoint now,
                         Effects& effects) {
    Allocation* allocation = living(allocations_.find(connection.allocation), now, effects);
    if (allocation == nullptr || !may_arrive(connection, *allocation, *peer_policy_, settings_)) {
        return false;
    }
    allocation->accept(connection, now, effects);
    return true;
}

void Dispatcher::over(const PeerConnection& connection, Effects& effects) {
    if (Allocation* allocation = allocations_.find(connection.allocation)) {
        allocation->close(connection.connection, effects);
    }
}

Outcome Dispatcher::deny(const Request& request, ErrorCode code) const {
    return code == ErrorCode::unauthenticated || code == ErrorCode::stale_nonce
               ? challenge(request, code, *authenticator_)
               : answer_unproven(request, code);
}

void Dispatcher::on_time(AllocationId id, protocol::TimePoint now, Effects& effects) {
    Allocation* allocation = allocations_.find(id);
    if (allocation == nullptr) return;
    allocation->on_time(now, effects);
    forget_if_ended(*allocation);
}

void Dispatcher::disconnected(const protocol::FiveTuple& five_tuple, Effects& effects) {
    Allocation* allocation = allocations_.find(five_tuple);
    if (allocation == nullptr) return;
    allocations_.move(*allocation, [&] { allocation->lose(five_tuple, effects); });
    forget_if_ended(*allocation);
}

void Dispatcher::end(AllocationId id, EndReason reason, Effects& effects,
                     std::optional<auth::Limit> limit) {
    Allocation* allocation = allocations_.find(id);
    if (allocation == nullptr) return;
    allocation->end(reason, effects, limit);
    forget_if_ended(*allocation);
}

void Dispatcher::amend(AllocationId id, const auth::Grant& grant, protocol::TimePoint now,
                       Effects& effects) {
    Allocation* allocation = allocations_.find(id);
    if (allocation == nullptr) return;
    allocation->amend(grant, now, effects);
    forget_if_ended(*allocation);
}

void Dispatcher::end_all(EndReason reason, Effects& effects) {
    for (const AllocationId id : allocations_.ids()) end(id, reason, effects);
}

// Every Send indication comes here, so this is one look-up and, where nothing is due, one
// comparison.
Allocation* Dispatcher::current(const Request& request, Effects& effects) {
    return living(allocations_.find(request.five_tuple), request.now.steady, effects);
}

Allocation* Dispatcher::living(Allocation* allocation, protocol::TimePoint now, Effects& effects) {
    if (allocation == nullptr) return nullptr;
    allocation->on_time(now, effects);
    if (!allocation->ended()) return allocation;
    forget_if_ended(*allocation);
    return nullptr;
}

void Dispatcher::forget_if_ended(const Allocation& allocation) {
    if (!allocation.ended()) return;
    if (const auto limit = allocation.ended_by(); limit && allocation.place().at) {
        recently_ended_.note(*allocation.place().at, *limit);
    }
    allocations_.erase(allocation.id());
}

}  // namespace turnpike::turn
