// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/stun_service.hpp"

#include <utility>
#include <variant>

#include "protocol/attributes.hpp"
#include "server/net/host_addresses.hpp"
#include "server/worker/owner.hpp"
#include "server/worker/random.hpp"
#include "server/worker/refusal_line.hpp"

namespace turnpike::worker {

using protocol::Message;
using protocol::Method;
using telemetry::Counter;

namespace {

Counter message_counter(Method method) noexcept {
    switch (method) {
        case Method::binding:
            return Counter::message_binding;
        case Method::allocate:
            return Counter::message_allocate;
        case Method::refresh:
            return Counter::message_refresh;
        case Method::create_permission:
            return Counter::message_create_permission;
        case Method::channel_bind:
            return Counter::message_channel_bind;
        case Method::send:
            return Counter::message_send;
        case Method::connect:
            return Counter::message_connect;
        case Method::connection_bind:
            return Counter::message_connection_bind;
        default:
            return Counter::message_other;
    }
}

// This server is to be empty.
turn::OpenedRelay nothing_opened() {
    turn::OpenedRelay opened;
    opened.error = protocol::ErrorCode::insufficient_capacity;
    return opened;
}

telemetry::RequestMethod request_method(Method method) noexcept {
    using telemetry::RequestMethod;
    switch (method) {
        case Method::binding:
            return RequestMethod::binding;
        case Method::allocate:
            return RequestMethod::allocate;
        case Method::refresh:
            return RequestMethod::refresh;
        case Method::create_permission:
            return RequestMethod::create_permission;
        case Method::channel_bind:
            return RequestMethod::channel_bind;
        case Method::connect:
            return RequestMethod::connect;
        case Method::connection_bind:
            return RequestMethod::connection_bind;
        default:
            return RequestMethod::other;
    }
}

// What the success tells the client.
std::chrono::seconds granted_lifetime(const turn::Reply& reply) {
    const auto answer = Message::decode(reply.octets);
    if (!answer) return {};
    const auto lifetime = protocol::lifetime(*answer);
    return lifetime ? *lifetime : std::chrono::seconds{};
}

// Whether we ask ourselves. From a network the kernel takes no datagram whose source is the
// receiver's own address, but in IPv6, where it only refuses ::1: so nobody can forge these. A
// flood that empties the budget then does not keep us from finding out whether we work.
bool is_own(const protocol::FiveTuple& five_tuple) noexcept {
    const protocol::IpAddress& client = five_tuple.client.address;
    return client == five_tuple.server.address && (client.is_v4() || net::is_loopback(client));
}

}  // namespace

StunService::StunService(Context& context, const Parts& parts)
    : context_{context}, parts_{parts}, budget_{context.rules->settings.budget} {}

void StunService::serve(const ClientMessage& message) {
    const auto decoded = decode(message);
    if (!decoded) return context_.count(Counter::drop_malformed);
    if (const auto owner = owner_elsewhere(context_, message, *decoded)) {
        return message.link.stream->leave(*owner);
    }
    if (parts_.visitors.pass_on(message, &*decoded)) return;
    context_.count(message_counter(decoded->method()));
    if (relay::Session* session = context_.routes.find(message.five_tuple)) {
        session->hear(message.now.steady);
    }
    serve(message, *decoded);
}

void StunService::serve_waiting(const ClientMessage& message) {
    if (const auto decoded = decode(message)) serve(message, *decoded);
}

void StunService::serve(const ClientMessage& message, const Message& decoded) {
    const turn::Request request{decoded, message.five_tuple, message.now, reply_buffer()};
    effects_.clear();
    const turn::Outcome outcome = decide(request, message);
    parts_.executor.execute(effects_, message.now.steady, &message.link);
    if (const auto* reply = std::get_if<turn::Reply>(&outcome)) {
        answer(*reply, message, decoded.method());
    } else if (const auto* indication = std::get_if<turn::RelayToPeer>(&outcome)) {
        parts_.relay.from_send(message, *indication);
    } else if (const auto* wish = std::get_if<turn::ConnectPeer>(&outcome)) {
        parts_.peers.connect(*wish, message.now.steady);
    } else if (const auto* attach = std::get_if<turn::AttachClient>(&outcome)) {
        answer(attach->reply, message, decoded.method());
        // Only a stream's bind can succeed. The answer may have been too much for it.
        if (!message.link.stream->attach(attach->connection)) {
            parts_.peers.abandon(attach->connection, message.now.steady);
        }
    }
}

protocol::Result<Message, protocol::DecodeError> StunService::decode(
    const ClientMessage& message) const {
    const auto decoded = Message::decode(message.octets);
    const auto transport = message.five_tuple.transport;
    const bool may_be_classic =
        transport == protocol::Transport::dtls ||  // to be refused
        (transport == protocol::Transport::udp && context_.rules->settings.rfc3489);
    const bool classic =
        may_be_classic && decoded.has_error() && decoded.error() == protocol::DecodeError::not_stun;
    return classic ? Message::decode_classic(message.octets) : decoded;
}

turn::Outcome StunService::decide(const turn::Request& request, const ClientMessage& message) {
    turn::Outcome outcome = parts_.dispatcher.handle(request, effects_);
    if (const auto* need = std::get_if<turn::NeedCredential>(&outcome)) {
        outcome = identify(request, auth::Claim{need->claim}, message);
    }
    if (const auto* wish = std::get_if<turn::OpenRelay>(&outcome)) {
        return open(request, message.link, *wish);
    }
    return outcome;
}

turn::Outcome StunService::identify(const turn::Request& request, const auth::Claim& claim,
                                    const ClientMessage& message) {
    // Whoever forges addresses must not keep the database busy, nor learn of its state.
    const Shared& shared = context_.shared;
    const bool may_ask = shared.accounts != nullptr &&
                         context_.rules->authenticator.has_good_nonce(
                             request.message, {request.five_tuple.client, request.now});
    const bool is_new = request.message.method() == Method::allocate;
    const auto answer = parts_.accounts.find({claim.user, is_new, may_ask}, request.now);
    switch (answer.state) {
        case AccountDesk::State::known:
            return parts_.dispatcher.resume(request, claim, answer.candidates, effects_);
        case AccountDesk::State::barred:
            return parts_.dispatcher.stale(request);
        case AccountDesk::State::unavailable:
            return parts_.dispatcher.unavailable(request);
        case AccountDesk::State::asked:
            parts_.accounts.park(answer.who, message, request.message.transaction_id());
            break;
    }
    return turn::Silence{};
}

turn::Outcome StunService::open(const turn::Request& request, const ClientLink& link,
                                const turn::OpenRelay& wish) {
    // Asking the rules may have ended an allocation of this five-tuple; its place has to be free.
    parts_.executor.execute(std::exchange(effects_, {}), request.now.steady, &link);
    const Shared& shared = context_.shared;
    if (!wish.identity.grant.is_probe &&
        shared.redirection.applies(shared.attendance.allocations())) {
        if (auto answer = parts_.dispatcher.redirect(request, wish, random_number())) {
            return *std::move(answer);
        }
    }
    const auto opened = shared.redirection.is_draining()
                            ? nothing_opened()
                            : parts_.opener.open(wish, {request.five_tuple, link, request.now});
    turn::Outcome outcome = parts_.dispatcher.relay_opened(request, wish, opened, effects_);
    const auto* reply = std::get_if<turn::Reply>(&outcome);
    if (!opened.error && reply != nullptr && !reply->error) {
        const auth::Grant& grant = wish.identity.grant;
        const auto who = grant.token ? std::nullopt : parts_.accounts.who_of(grant.username);
        parts_.executor.announce(opened.allocation, granted_lifetime(*reply), who);
    }
    return outcome;
}

void StunService::answer(const turn::Reply& reply, const ClientMessage& message, Method method) {
    if (reply.octets.empty()) return;
    if (!reply.authenticated) {
        // Where a handshake has proved the address, nobody can have forged it.
        const bool forgeable = message.five_tuple.transport == protocol::Transport::udp;
        if (forgeable && !may_answer_stranger(message)) return;
        if (!forgeable) context_.count(Counter::unauthenticated_answers);
    }
    count(reply, method);
    if (reply.error) log_refusal(context_.shared.log, reply, message);
    send(reply, message);
}

void StunService::count(const turn::Reply& reply, Method method) noexcept {
    const auto code = reply.error ? static_cast<unsigned>(*reply.error) : telemetry::success_code;
    if (reply.error) context_.count(telemetry::error_counter(code));
    context_.counters.answers.add(request_method(method), code);
    if (reply.limit) {
        context_.counters.limits.add(static_cast<std::size_t>(*reply.limit),
                                     telemetry::LimitEffect::refused);
    }
}

void StunService::send(const turn::Reply& reply, const ClientMessage& message) {
    if (!reply.from && !reply.to_port) return message.link.answer(reply.octets, context_.outbox);
    const protocol::FiveTuple& five_tuple = message.five_tuple;
    const auto link = context_.udp_sockets.link(
        reply.from.value_or(five_tuple.server),
        {five_tuple.client.address, reply.to_port.value_or(five_tuple.client.port)});
    if (link) link->answer(reply.octets, context_.outbox);
}

bool StunService::may_answer_stranger(const ClientMessage& message) noexcept {
    const bool may = is_own(message.five_tuple) ||
                     budget_.take(message.five_tuple.client.address, message.now.steady);
    context_.count(may ? Counter::unauthenticated_answers : Counter::drop_unauthenticated_budget);
    return may;
}

protocol::MutableBytes StunService::reply_buffer() noexcept {
    if (next_reply_ == replies_.size()) {
        context_.outbox.flush();
        next_reply_ = 0;
    }
    return replies_[next_reply_++];
}

}  // namespace turnpike::worker
