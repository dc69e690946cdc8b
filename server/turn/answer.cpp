// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/answer.hpp"

#include <array>

#include "server/turn/unknown_attributes.hpp"

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
    MessageBuilder answer{request.reply, protocol::MessageClass::error, request.message.method(),
                          request.message.transaction_id()};
    answer.error_code(code, {});
    return answer;
}

}  // namespace

Outcome answer_binding(const Request& request) {
    MessageBuilder answer = MessageBuilder::success(request.reply, request.message);
    answer.xor_address(AttributeType::xor_mapped_address, request.five_tuple.client);
    return finish(answer, request, Reply{});
}

Outcome answer_unproven(const Request& request, ErrorCode code) {
    MessageBuilder answer = terse_error(request, code);
    if (code == ErrorCode::unknown_attribute) write_unknown_attributes(answer, request.message);
    return finish(answer, request, Reply{.octets = {}, .error = code});
}

Outcome challenge(const Request& request, ErrorCode code,
                  const auth::Authenticator& authenticator) {
    MessageBuilder answer = terse_error(request, code);
    authenticator.write_challenge(answer, request.five_tuple.client, request.now.wall);
    return finish(answer, request, Reply{.octets = {}, .error = code});
}

Outcome Answers::error(ErrorCode code) const {
    MessageBuilder answer = MessageBuilder::error(request_.reply, request_.message, code);
    if (code == ErrorCode::unknown_attribute) write_unknown_attributes(answer, request_.message);
    return seal(answer, code);
}

Outcome Answers::success() const {
    MessageBuilder answer = MessageBuilder::success(request_.reply, request_.message);
    return seal(answer, std::nullopt);
}

Outcome Answers::refreshed(std::chrono::seconds lifetime) const {
    MessageBuilder answer = MessageBuilder::success(request_.reply, request_.message);
    answer.lifetime(lifetime);
    return seal(answer, std::nullopt);
}

// RFC 8656 section 7.2, last step.
Outcome Answers::allocated(const Allocation& allocation) const {
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
    return seal(answer, std::nullopt);
}

Outcome Answers::seal(MessageBuilder& answer, std::optional<ErrorCode> error) const {
    if (!software_.empty()) answer.text(AttributeType::software, software_);
    answer.integrity(identity_.answer_integrity, identity_.key.octets());
    return finish(answer, request_, Reply{.octets = {}, .error = error, .authenticated = true});
}

}  // namespace turnpike::turn
