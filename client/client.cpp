// SPDX-License-Identifier: BSD-3-Clause
#include "client/client.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <utility>

#include "auth/password.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/classify.hpp"

namespace turnpike::client {
namespace {

using namespace std::chrono_literals;
using protocol::AttributeType;
using protocol::Message;
using protocol::MessageBuilder;
using protocol::MessageClass;
using protocol::Method;
using protocol::Result;

constexpr auto retransmission_first = 500ms;  // RFC 8489 section 6.2.1

protocol::TransactionId fresh_id() {
    protocol::TransactionId id;
    RAND_bytes(reinterpret_cast<unsigned char*>(id.octets.data()),
               static_cast<int>(id.octets.size()));
    return id;
}

std::uint16_t code_of(const Message& answer) {
    const auto error = protocol::error_code(answer);
    return error ? error->code : std::uint16_t{0};
}

bool is_challenge(const Message& answer) {
    if (answer.message_class() != MessageClass::error) return false;
    const std::uint16_t code = code_of(answer);
    return code == 401 || code == 438;
}

Failure refusal(const Message& answer) {
    const auto error = protocol::error_code(answer);
    if (!error) return {.text = "an error response without ERROR-CODE"};
    const auto* rule = protocol::find_rule(static_cast<protocol::ErrorCode>(error->code));
    std::string reason{error->reason};
    if (reason.empty() && error->code == 401) reason = "Unauthenticated";
    if (reason.empty() && rule != nullptr) reason = rule->reason;
    Failure failure{.code = error->code, .text = std::to_string(error->code) + " " + reason};
    if (const auto alternate = protocol::alternate_server(answer)) failure.alternate = *alternate;
    return failure;
}

}  // namespace

Client::Client(Connection connection, std::chrono::milliseconds timeout)
    : connection_{std::move(connection)}, timeout_{timeout} {}

Result<protocol::Endpoint, Failure> Client::binding() {
    const auto answer = transact(Method::binding, [](MessageBuilder&) {});
    if (!answer) return answer.error();
    if (answer->message.message_class() != MessageClass::success) return refusal(answer->message);
    const auto mapped = protocol::xor_mapped_address(answer->message);
    if (!mapped) return Failure{.text = "a Binding success without XOR-MAPPED-ADDRESS"};
    return *mapped;
}

Result<Allocation, Failure> Client::allocate(std::optional<protocol::Family> family) {
    const auto answer = request(Method::allocate, [&](MessageBuilder& builder) {
        builder.requested_transport(protocol::protocol_udp);
        if (family) builder.family(AttributeType::requested_address_family, *family);
    });
    if (!answer) return answer.error();
    const auto relayed = protocol::xor_relayed_address(answer->message);
    const auto mapped = protocol::xor_mapped_address(answer->message);
    const auto lifetime = protocol::lifetime(answer->message);
    if (!relayed || !mapped || !lifetime) {
        return Failure{.text = "an Allocate success that lacks an address or LIFETIME"};
    }
    return Allocation{*relayed, *mapped, *lifetime};
}

Result<void, Failure> Client::refresh(std::chrono::seconds lifetime) {
    const auto answer =
        request(Method::refresh, [&](MessageBuilder& builder) { builder.lifetime(lifetime); });
    if (!answer) return answer.error();
    return {};
}

Result<void, Failure> Client::permit(const protocol::Endpoint& peer) {
    const auto answer = request(Method::create_permission, [&](MessageBuilder& builder) {
        builder.xor_address(AttributeType::xor_peer_address, peer);
    });
    if (!answer) return answer.error();
    return {};
}

Result<void, Failure> Client::bind_channel(std::uint16_t number, const protocol::Endpoint& peer) {
    const auto answer = request(Method::channel_bind, [&](MessageBuilder& builder) {
        builder.channel_number(number);
        builder.xor_address(AttributeType::xor_peer_address, peer);
    });
    if (!answer) return answer.error();
    return {};
}

bool Client::send_channel(std::uint16_t number, protocol::Bytes payload) {
    std::array<std::byte, protocol::channel_header_octets + 1500> datagram{};
    if (payload.size() > datagram.size() - protocol::channel_header_octets) return false;
    protocol::encode_channel_header(std::span{datagram}.first<protocol::channel_header_octets>(),
                                    number, static_cast<std::uint16_t>(payload.size()));
    std::ranges::copy(payload, datagram.begin() + protocol::channel_header_octets);
    return connection_.send(
        protocol::Bytes{datagram}.first(protocol::channel_header_octets + payload.size()));
}

std::optional<protocol::Bytes> Client::receive_channel(std::uint16_t number,
                                                       Clock::time_point until) {
    while (const auto octets = connection_.receive(until)) {
        if (protocol::classify(*octets, protocol::ChannelRange::rfc5766) !=
            protocol::Kind::channel_data) {
            continue;
        }
        const auto data = protocol::ChannelData::decode(*octets);
        if (data && data->number == number) return data->payload;
    }
    return std::nullopt;
}

Result<Answer, Failure> Client::request(Method method, const Fill& fill) {
    // The first try may meet a challenge, the second a nonce that just went stale.
    for (int attempt = 0;; ++attempt) {
        const bool signed_before = !nonce_.empty();
        auto answer = transact(method, fill);
        if (!answer) return answer.error();
        const Message& message = answer->message;
        if (message.message_class() == MessageClass::success) {
            if (signed_before &&
                !protocol::verify_integrity(message, protocol::Integrity::sha1, key_.octets())) {
                return Failure{.text = "the answer's MESSAGE-INTEGRITY does not match"};
            }
            return answer;
        }
        const bool wrong_password = code_of(message) == 401 && signed_before;
        if (!is_challenge(message) || wrong_password || attempt == 2 || !login_) {
            return refusal(message);
        }
        if (!accept_challenge(message)) {
            return Failure{.text = "a challenge without REALM or NONCE"};
        }
    }
}

std::vector<std::byte> Client::prepare(Method method, const Fill& fill) const {
    std::vector<std::byte> buffer(1500);
    MessageBuilder builder{buffer, MessageClass::request, method, fresh_id()};
    fill(builder);
    if (!nonce_.empty()) sign(builder);
    buffer.resize(builder.finish().size());
    return buffer;
}

bool Client::take_up(protocol::Bytes answer) {
    const auto message = Message::decode(answer);
    return message && is_challenge(*message) && login_ && accept_challenge(*message);
}

Result<Answer, Failure> Client::transact(Method method, const Fill& fill) {
    std::array<std::byte, 1500> buffer;
    const auto id = fresh_id();
    MessageBuilder builder{buffer, MessageClass::request, method, id};
    fill(builder);
    if (method != Method::binding && !nonce_.empty()) sign(builder);
    const auto octets = builder.finish();
    if (octets.empty()) return Failure{.text = "the request does not fit a datagram"};
    return await(id, octets);
}

Result<Answer, Failure> Client::await(const protocol::TransactionId& id, protocol::Bytes octets) {
    const auto deadline = std::min(Clock::now() + timeout_, until_);
    auto retransmission = retransmission_first;
    do {
        const auto sent = Clock::now();
        if (!connection_.send(octets)) return Failure{.text = connection_.last_error()};
        const auto until =
            connection_.is_stream() ? deadline : std::min(deadline, sent + retransmission);
        while (const auto received = connection_.receive(until)) {
            const auto message = Message::decode(*received);
            if (!message || message->transaction_id() != id) continue;
            round_trip_ = Clock::now() - sent;
            return Answer{*message, round_trip_};
        }
        retransmission *= 2;
        if (connection_.last_error() != "no answer") break;
    } while (Clock::now() < deadline);
    return Failure{.text = connection_.last_error()};
}

bool Client::accept_challenge(const Message& answer) {
    const auto realm = protocol::realm(answer);
    const auto nonce = protocol::nonce(answer);
    if (!realm || !nonce) return false;
    realm_ = *realm;
    nonce_ = *nonce;
    const std::string prepared = auth::opaque_string(login_->password).value_or(login_->password);
    key_ = auth::derive_md5(login_->username, realm_, prepared);
    return true;
}

void Client::sign(MessageBuilder& builder) const {
    builder.text(AttributeType::username, login_->username);
    builder.text(AttributeType::realm, realm_);
    builder.text(AttributeType::nonce, nonce_);
    builder.integrity(protocol::Integrity::sha1, key_.octets());
}

}  // namespace turnpike::client
