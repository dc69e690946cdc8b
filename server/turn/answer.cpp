// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/answer.hpp"

#include <array>
#include <variant>

#include "server/turn/login_limit.hpp"

namespace turnpike::turn {
namespace {

using protocol::AttributeType;
using protocol::ErrorCode;
using protocol::MessageBuilder;

Outcome finish(MessageBuilder& answer, const Request& request, Reply reply) {
    if (request.message.has(AttributeType::fingerprint)) answer.fingerprint();
    reply.octets = answer.finish();
    if (reply.octets.empty()) return Silence{};
    return reply;
}

MessageBuilder terse_error(const Request& request, ErrorCode code) {
    MessageBuilder answer =
        MessageBuilder::answer(request.reply, protocol::MessageClass::error, request.message);
    answer.error_code(code, {});
    return answer;
}

}  // namespace

Outcome answer_binding(const Request& request, const BindingAnswer& content) {
    MessageBuilder answer = MessageBuilder::success(request.reply, request.message);
    const protocol::Endpoint& client = request.five_tuple.client;
    // RFC 3489 knows MAPPED-ADDRESS alone; RFC 5780 wants both (RFC 8489 section 14.1).
    const bool classic = request.message.is_classic();
    if (!classic) answer.xor_address(AttributeType::xor_mapped_address, client);
    if (classic || content.origin) answer.address(AttributeType::mapped_address, client);
    if (content.origin && !classic) {
        answer.address(AttributeType::response_origin, *content.origin);
        answer.address(AttributeType::other_address, *content.other);
    }
    if (content.padding) {
        static constexpr std::array<std::byte, padding_max> zeros{};
        answer.bytes(AttributeType::padding, protocol::Bytes{zeros}.first(*content.padding));
    }
    return finish(
        answer, request,
        Reply{.octets = {}, .error = {}, .from = content.from, .to_port = content.to_port});
}

Outcome answer_unproven(const Request& request, ErrorCode code) {
    MessageBuilder answer = terse_error(request, code);
    return finish(answer, request, Reply{.octets = {}, .error = code});
}

Outcome answer_unknown(const Request& request, ServedAttributes served) {
    constexpr auto code = ErrorCode::unknown_attribute;
    MessageBuilder answer = terse_error(request, code);
    write_unknown_attributes(answer, request.message, served);
    return finish(answer, request, Reply{.octets = {}, .error = code});
}

Outcome challenge(const Request& request, ErrorCode code,
                  const auth::Authenticator& authenticator) {
    MessageBuilder answer = terse_error(request, code);
    authenticator.write_challenge(answer, request.five_tuple.client, request.now.wall);
    return finish(answer, request, Reply{.octets = {}, .error = code});
}

Outcome because_of(const std::optional<auth::Limit>& limit, Outcome outcome) {
    if (auto* reply = std::get_if<Reply>(&outcome)) reply->limit = limit;
    return outcome;
}

Outcome Answers::refused(ErrorCode code, const std::optional<auth::Limit>& limit) const {
    return because_of(limit, error(code, phrase_of(limit)));
}

Outcome Answers::error(ErrorCode code, std::string_view reason) const {
    MessageBuilder answer = MessageBuilder::error(request_.reply, request_.message, code, reason);
    if (code == ErrorCode::unknown_attribute) {
        write_unknown_attributes(answer, request_.message,
                                 {.access_token = identity_.grant.token.has_value()});
    }
    return seal(answer, code);
}

// RFC 8489 section 10. The domain goes to those alone who can mind it: it names the certificate of
// a server behind (D)TLS, and only the SHA-256 form of integrity makes it worth believing.
Outcome Answers::redirected(const Redirect& redirect) const {
    constexpr auto code = ErrorCode::try_alternate;
    MessageBuilder answer = MessageBuilder::error(request_.reply, request_.message, code);
    answer.address(AttributeType::alternate_server, redirect.first);
    if (redirect.second) answer.address(AttributeType::alternate_server, *redirect.second);
    const auto transport = request_.five_tuple.transport;
    const bool secure =
        transport == protocol::Transport::tls || transport == protocol::Transport::dtls;
    if (secure && !redirect.domain.empty() &&
        request_.message.has(AttributeType::message_integrity_sha256)) {
        answer.text(AttributeType::alternate_domain, redirect.domain);
    }
    return seal(answer, code);
}

Outcome Answers::success() const {
    MessageBuilder answer = MessageBuilder::success(request_.reply, request_.message);
    return seal(answer, std::nullopt);
}

Outcome Answers::refreshed(std::chrono::seconds lifetime, const Ticket& ticket) const {
    MessageBuilder answer = MessageBuilder::success(request_.reply, request_.message);
    answer.lifetime(lifetime);
    if (ticket) answer.bytes(AttributeType::mobility_ticket, *ticket);
    return seal(answer, std::nullopt);
}

AwaitedConnect Answers::later() const {
    return {.transaction = request_.message.transaction_id(),
            .key = identity_.key,
            .integrity = identity_.answer_integrity,
            .fingerprint = request_.message.has(AttributeType::fingerprint)};
}

// RFC 8656 section 7.2, last step.
Outcome Answers::allocated(const Allocation& allocation, const Ticket& ticket) const {
    MessageBuilder answer = MessageBuilder::success(request_.reply, request_.message);
    for (const protocol::Family family : {protocol::Family::ipv4, protocol::Family::ipv6}) {
        if (const auto& relayed = allocation.relayed(family)) {
            answer.xor_address(AttributeType::xor_relayed_address, *relayed);
        } else if (const auto why = allocation.family_error(family)) {
            answer.address_error(family, *why);
        }
    }
    answer.lifetime(allocation.lifetime_left(request_.now.steady));
    answer.xor_address(AttributeType::xor_mapped_address, request_.five_tuple.client);
    if (const auto token = allocation.reservation()) {
        answer.u64(AttributeType::reservation_token, *token);
    }
    if (ticket) answer.bytes(AttributeType::mobility_ticket, *ticket);
    return seal(answer, std::nullopt);
}

Outcome Answers::seal(MessageBuilder& answer, std::optional<ErrorCode> error) const {
    if (!software_.empty()) answer.text(AttributeType::software, software_);
    answer.integrity(identity_.answer_integrity, identity_.key.octets());
    return finish(answer, request_, Reply{.octets = {}, .error = error, .authenticated = true});
}

}  // namespace turnpike::turn
