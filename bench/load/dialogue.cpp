// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/dialogue.hpp"

#include <fmt/format.h>

#include "auth/password.hpp"
#include "protocol/attributes.hpp"

namespace turnpike::bench {
namespace {

using protocol::AttributeType;
using protocol::Bytes;
using protocol::MessageBuilder;
using protocol::MessageClass;
using protocol::Method;
using protocol::TransactionId;

// The first is what a client begins with, the second for a nonce that just went stale.
constexpr std::uint8_t challenges_max = 2;

}  // namespace

void Identity::enter(std::string_view realm) {
    if (realm == realm_) return;
    realm_ = realm;
    const auto prepared = auth::opaque_string(login_.password).value_or(login_.password);
    key_ = auth::derive_md5(login_.username, realm_, prepared);
}

MessageBuilder Dialogue::begin(RequestBuffer& buffer, Method method, const TransactionId& id) {
    id_ = id;
    return MessageBuilder{buffer, MessageClass::request, method, id};
}

Bytes Dialogue::end(MessageBuilder& builder) {
    if (!nonce_.empty()) {
        builder.text(AttributeType::username, identity_->username());
        builder.text(AttributeType::realm, identity_->realm());
        builder.text(AttributeType::nonce, nonce_);
        builder.integrity(protocol::Integrity::sha1, identity_->key().octets());
    }
    return builder.finish();
}

Bytes Dialogue::allocate(RequestBuffer& buffer, const TransactionId& id) {
    MessageBuilder builder = begin(buffer, Method::allocate, id);
    builder.requested_transport(protocol::protocol_udp);
    return end(builder);
}

Bytes Dialogue::bind_channel(RequestBuffer& buffer, const TransactionId& id, std::uint16_t number,
                             const protocol::Endpoint& peer) {
    MessageBuilder builder = begin(buffer, Method::channel_bind, id);
    builder.channel_number(number);
    builder.xor_address(AttributeType::xor_peer_address, peer);
    return end(builder);
}

Bytes Dialogue::permit(RequestBuffer& buffer, const TransactionId& id,
                       const protocol::Endpoint& peer) {
    MessageBuilder builder = begin(buffer, Method::create_permission, id);
    builder.xor_address(AttributeType::xor_peer_address, peer);
    return end(builder);
}

Bytes Dialogue::refresh(RequestBuffer& buffer, const TransactionId& id,
                        std::chrono::seconds lifetime) {
    MessageBuilder builder = begin(buffer, Method::refresh, id);
    builder.lifetime(lifetime);
    return end(builder);
}

Dialogue::Answer Dialogue::take(Bytes octets) {
    const auto message = protocol::Message::decode(octets);
    if (!message || message->transaction_id() != id_) return Answer::unrelated;
    if (message->message_class() == MessageClass::error) return take_error(*message);
    if (message->message_class() != MessageClass::success) return Answer::unrelated;
    challenges_ = 0;
    return Answer::success;
}

Dialogue::Answer Dialogue::take_error(const protocol::Message& message) {
    const auto error = protocol::error_code(message);
    code_ = error ? error->code : std::uint16_t{0};
    const auto realm = protocol::realm(message);
    const auto nonce = protocol::nonce(message);
    const bool wrong_password = code_ == 401 && !nonce_.empty();
    const bool is_challenge = (code_ == 401 || code_ == 438) && realm && nonce;
    if (!is_challenge || wrong_password || challenges_ == challenges_max) return Answer::refused;
    ++challenges_;
    identity_->enter(*realm);
    nonce_ = *nonce;
    return Answer::challenged;
}

std::string Dialogue::refusal() const {
    if (code_ == 401) return "401 Unauthenticated";
    return fmt::format("{} {}", code_,
                       protocol::reason_of(static_cast<protocol::ErrorCode>(code_)));
}

}  // namespace turnpike::bench
