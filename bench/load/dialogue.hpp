// SPDX-License-Identifier: BSD-3-Clause
//
// One client's side of TURN transactions, without a socket: the octets of each request, and what an
// answer to it means. A challenge is taken up, and the request can be made again with it. The
// identity is shared by all clients of one login, so that its key is derived once. Pure: RFC 8656,
// RFC 8489 section 9.2.
#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include "auth/login.hpp"
#include "protocol/address.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message_builder.hpp"

namespace turnpike::bench {

// A login, and its key in the realm that was asked for last.
class Identity {
public:
    explicit Identity(auth::Login login) : login_{std::move(login)} {}

    [[nodiscard]] const std::string& username() const noexcept { return login_.username; }
    [[nodiscard]] const std::string& realm() const noexcept { return realm_; }
    [[nodiscard]] const protocol::Key& key() const noexcept { return key_; }
    void enter(std::string_view realm);

private:
    auth::Login login_;
    std::string realm_;
    protocol::Key key_;
};

inline constexpr std::size_t request_octets_max = 1024;
using RequestBuffer = std::array<std::byte, request_octets_max>;

class Dialogue {
public:
    enum class Answer : std::uint8_t {
        unrelated,   // not to the last request, or no answer at all
        success,     // of the request as it should be
        challenged,  // the same request again is to be made with what came
        refused,     // refusal() says why
    };

    // The identity outlives it.
    explicit Dialogue(Identity& identity) : identity_{&identity} {}

    // The octets live as long as the buffer; `id` is one that no other request has.
    [[nodiscard]] protocol::Bytes allocate(RequestBuffer& buffer,
                                           const protocol::TransactionId& id);
    [[nodiscard]] protocol::Bytes bind_channel(RequestBuffer& buffer,
                                               const protocol::TransactionId& id,
                                               std::uint16_t number,
                                               const protocol::Endpoint& peer);
    [[nodiscard]] protocol::Bytes permit(RequestBuffer& buffer, const protocol::TransactionId& id,
                                         const protocol::Endpoint& peer);
    [[nodiscard]] protocol::Bytes refresh(RequestBuffer& buffer, const protocol::TransactionId& id,
                                          std::chrono::seconds lifetime);

    [[nodiscard]] Answer take(protocol::Bytes octets);
    // "486 Allocation Quota Reached", of the last refusal.
    [[nodiscard]] std::string refusal() const;

private:
    [[nodiscard]] protocol::MessageBuilder begin(RequestBuffer& buffer, protocol::Method method,
                                                 const protocol::TransactionId& id);
    [[nodiscard]] protocol::Bytes end(protocol::MessageBuilder& builder);
    [[nodiscard]] Answer take_error(const protocol::Message& message);

    Identity* identity_;
    protocol::TransactionId id_;
    std::string nonce_;
    std::uint16_t code_ = 0;
    std::uint8_t challenges_ = 0;  // in a row
};

}  // namespace turnpike::bench
