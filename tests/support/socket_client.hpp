// SPDX-License-Identifier: BSD-3-Clause
//
// A TURN client for tests of the server: does what a scenario says and reports what came back. Data
// that arrives while an answer is awaited is kept.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "auth/password.hpp"
#include "protocol/attributes.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/message.hpp"
#include "protocol/message_builder.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::test {

// An answer that owns its octets.
struct Answer {
    Octets octets;

    [[nodiscard]] protocol::Message message() const { return *protocol::Message::decode(octets); }
    [[nodiscard]] bool success() const {
        return message().message_class() == protocol::MessageClass::success;
    }
    // 0 for a success.
    [[nodiscard]] unsigned error() const {
        const auto field = protocol::error_code(message());
        return field ? field->code : 0;
    }
};

// What came from a peer: by channel, or with its address; or what is wrong with the way to it.
struct FromPeer {
    std::uint16_t channel = 0;
    protocol::Endpoint peer;
    std::string payload;
    std::optional<protocol::Icmp> icmp{};
    bool operator==(const FromPeer&) const = default;
};

// A peer that connected to a TCP allocation, by the name of its connection.
struct Attempt {
    protocol::Endpoint peer;
    protocol::ConnectionId connection{};
};

class SocketClient {
public:
    using Add = std::function<void(protocol::MessageBuilder&)>;

    explicit SocketClient(std::unique_ptr<Wire> wire, std::string user = "alice",
                          std::string password = "wonderland")
        : wire_{std::move(wire)}, user_{std::move(user)}, password_{std::move(password)} {}

    [[nodiscard]] Wire& wire() { return *wire_; }
    void hang_up() { wire_.reset(); }
    // Goes on over another wire, and yields the one before.
    std::unique_ptr<Wire> change_wire(std::unique_ptr<Wire> wire) {
        return std::exchange(wire_, std::move(wire));
    }
    void use_password(std::string password) { password_ = std::move(password); }
    // As if the server had said so.
    void assume(std::string realm, std::string nonce) {
        realm_ = std::move(realm);
        nonce_ = std::move(nonce);
    }
    // As it was sent, to be sent again.
    [[nodiscard]] const Octets& last_request() const { return last_request_; }

    // With credentials once the server has challenged; repeated after a challenge.
    std::optional<Answer> request(protocol::Method method, const Add& add = {}) {
        auto answer = exchange(method, add);
        if (answer && (answer->error() == 401 || answer->error() == 438)) {
            learn(answer->message());
            answer = exchange(method, add);
        }
        return answer;
    }
    // Without credentials, once.
    std::optional<Answer> exchange(protocol::Method method, const Add& add = {}) {
        last_request_ = build(protocol::MessageClass::request, method, add);
        wire_->send(last_request_);
        return answer_to(last_request_);
    }
    [[nodiscard]] Octets build(protocol::MessageClass message_class, protocol::Method method,
                               const Add& add) {
        Octets buffer(65535);
        protocol::MessageBuilder builder{buffer, message_class, method, next_id()};
        if (add) add(builder);
        if (message_class == protocol::MessageClass::request && !nonce_.empty() &&
            method != protocol::Method::binding) {
            builder.text(protocol::AttributeType::username, user_);
            builder.text(protocol::AttributeType::realm, realm_);
            builder.text(protocol::AttributeType::nonce, nonce_);
            const auto key = auth::derive_md5(user_, realm_, password_);
            builder.integrity(protocol::Integrity::sha1, key.octets());
        }
        const auto message = builder.finish();
        return {message.begin(), message.end()};
    }
    std::optional<Answer> answer_to(const Octets& message) {
        const auto id = protocol::Message::decode(message)->transaction_id();
        while (auto octets = wire_->receive(patience)) {
            const auto decoded = protocol::Message::decode(*octets);
            if (decoded && decoded->transaction_id() == id) return Answer{*std::move(octets)};
            keep(*octets);
        }
        return std::nullopt;
    }

    std::optional<Answer> allocate(const Add& add = {}) {
        auto answer = request(protocol::Method::allocate, [&](protocol::MessageBuilder& builder) {
            builder.requested_transport(protocol::protocol_udp);
            if (add) add(builder);
        });
        if (answer && answer->success()) {
            relayed_ = *protocol::xor_relayed_address(answer->message());
        }
        return answer;
    }
    [[nodiscard]] const protocol::Endpoint& relayed() const { return relayed_; }

    bool permit(const protocol::Endpoint& peer) {
        return succeeded(request(protocol::Method::create_permission, [&](auto& builder) {
            builder.xor_address(protocol::AttributeType::xor_peer_address, peer);
        }));
    }
    bool bind(std::uint16_t channel, const protocol::Endpoint& peer) {
        return succeeded(request(protocol::Method::channel_bind, [&](auto& builder) {
            builder.channel_number(channel);
            builder.xor_address(protocol::AttributeType::xor_peer_address, peer);
        }));
    }
    bool refresh(std::chrono::seconds lifetime) {
        return succeeded(
            request(protocol::Method::refresh, [&](auto& builder) { builder.lifetime(lifetime); }));
    }

    void send(std::uint16_t channel, std::string_view payload) {
        wire_->send(channel_data(channel, payload));
    }
    void send(const protocol::Endpoint& peer, std::string_view payload,
              bool dont_fragment = false) {
        wire_->send(build(protocol::MessageClass::indication, protocol::Method::send,
                          [&](protocol::MessageBuilder& builder) {
                              builder.xor_address(protocol::AttributeType::xor_peer_address, peer);
                              if (dont_fragment) {
                                  builder.flag(protocol::AttributeType::dont_fragment);
                              }
                              builder.text(protocol::AttributeType::data, payload);
                          }));
    }
    [[nodiscard]] Octets channel_data(std::uint16_t channel, std::string_view payload) const {
        Octets message(protocol::channel_header_octets);
        protocol::encode_channel_header(
            std::span<std::byte, protocol::channel_header_octets>{message}, channel,
            static_cast<std::uint16_t>(payload.size()));
        const auto octets = protocol::as_octets(payload);
        message.insert(message.end(), octets.begin(), octets.end());
        if (wire_->is_stream()) message.resize(protocol::padded(message.size()));
        return message;
    }

    // RFC 6062.
    std::optional<Answer> allocate_tcp(const Add& add = {}) {
        auto answer = request(protocol::Method::allocate, [&](protocol::MessageBuilder& builder) {
            builder.requested_transport(protocol::protocol_tcp);
            if (add) add(builder);
        });
        if (answer && answer->success()) {
            relayed_ = *protocol::xor_relayed_address(answer->message());
        }
        return answer;
    }
    std::optional<Answer> connect(const protocol::Endpoint& peer) {
        return request(protocol::Method::connect, [&](auto& builder) {
            builder.xor_address(protocol::AttributeType::xor_peer_address, peer);
        });
    }
    std::optional<Answer> bind_connection(protocol::ConnectionId connection) {
        return request(protocol::Method::connection_bind, [&](auto& builder) {
            builder.u32(protocol::AttributeType::connection_id,
                        static_cast<std::uint32_t>(connection));
        });
    }
    // The next ConnectionAttempt.
    std::optional<Attempt> attempt() {
        while (attempts_.empty()) {
            const auto octets = wire_->receive(patience);
            if (!octets) return std::nullopt;
            keep(*octets);
        }
        const Attempt first = attempts_.front();
        attempts_.pop_front();
        return first;
    }

    // The next data of a peer.
    std::optional<FromPeer> data(std::chrono::milliseconds timeout = patience) {
        while (data_.empty()) {
            const auto octets = wire_->receive(timeout);
            if (!octets) return std::nullopt;
            keep(*octets);
        }
        FromPeer first = data_.front();
        data_.pop_front();
        return first;
    }

private:
    static bool succeeded(const std::optional<Answer>& answer) {
        return answer && answer->success();
    }

    void learn(const protocol::Message& challenge) {
        realm_ = *protocol::realm(challenge);
        nonce_ = *protocol::nonce(challenge);
    }

    void keep(const Octets& octets) {
        if (protocol::classify(octets, protocol::ChannelRange::rfc5766) ==
            protocol::Kind::channel_data) {
            if (const auto data = protocol::ChannelData::decode(octets)) {
                data_.push_back({data->number, {}, std::string{protocol::as_text(data->payload)}});
            }
            return;
        }
        const auto message = protocol::Message::decode(octets);
        if (!message) return;
        const auto peer = protocol::xor_peer_address(*message);
        const auto connection = protocol::connection_id(*message);
        if (message->method() == protocol::Method::connection_attempt && peer && connection) {
            attempts_.push_back({*peer, *connection});
        }
        if (message->method() != protocol::Method::data) return;
        const auto data = protocol::data(*message);
        if (const auto icmp = protocol::icmp(*message); peer && icmp) {
            data_.push_back({0, *peer, {}, *icmp});
        }
        if (peer && data) data_.push_back({0, *peer, std::string{protocol::as_text(*data)}});
    }

    protocol::TransactionId next_id() {
        protocol::TransactionId id;
        ++requests_;
        for (std::size_t index = 0; index < 8; ++index) {
            id.octets[index] = static_cast<std::byte>(requests_ >> (8 * index));
        }
        return id;
    }

    std::unique_ptr<Wire> wire_;
    std::string user_;
    std::string password_;
    std::string realm_;
    std::string nonce_;
    Octets last_request_;
    protocol::Endpoint relayed_;
    std::deque<FromPeer> data_;
    std::deque<Attempt> attempts_;
    std::uint64_t requests_ = 0;
};

}  // namespace turnpike::test
