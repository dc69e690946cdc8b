// SPDX-License-Identifier: BSD-3-Clause
//
// A TURN client as a browser is one: it fetches a nonce, signs what it asks, and asks once more
// where the nonce is stale. It checks that what is signed is signed with its key.
#pragma once

#include <chrono>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "auth/password.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/turn_answer.hpp"

namespace turnpike::support {

using namespace std::chrono_literals;
using protocol::AttributeType;
using protocol::Endpoint;
using protocol::Family;
using protocol::MessageBuilder;
using protocol::MessageClass;
using protocol::Method;
using std::chrono::seconds;

using Write = std::function<void(MessageBuilder&)>;
using Octets = std::vector<std::byte>;

inline constexpr std::string_view realm = "example.org";

inline Endpoint at(std::string_view text) {
    return *Endpoint::parse(text);
}

// Any attribute with any value, for what a typed builder would not write.
inline Write attribute(AttributeType type, std::vector<unsigned char> value) {
    return [type, value = std::move(value)](MessageBuilder& message) {
        message.bytes(type, std::as_bytes(std::span{value}));
    };
}
inline Write all(std::vector<Write> parts) {
    return [parts = std::move(parts)](MessageBuilder& message) {
        for (const Write& part : parts) part(message);
    };
}

// What carries a client's messages.
class Network {
public:
    virtual ~Network() = default;
    virtual Answer deliver(const protocol::FiveTuple& five_tuple, protocol::Bytes datagram) = 0;
    virtual void disconnect(const protocol::FiveTuple& five_tuple) = 0;

    [[nodiscard]] protocol::TransactionId fresh_id() {
        protocol::TransactionId id;
        for (std::size_t index = 0; index < 8; ++index) {
            id.octets[index] = static_cast<std::byte>(next_id_ >> (8 * index));
        }
        ++next_id_;
        return id;
    }

private:
    std::uint64_t next_id_ = 1;
};

class Client {
public:
    Client(Network& network, std::string name, std::string_view address)
        : username{std::move(name)}, network_{network} {
        five_tuple.client = at(address);
        five_tuple.server = at("203.0.113.5:3478");
    }

    Answer allocates(const Write& more = {}) {
        return asks(Method::allocate, [&more](MessageBuilder& request) {
            request.requested_transport(protocol::protocol_udp);
            if (more) more(request);
        });
    }
    Answer refreshes(std::optional<seconds> lifetime = {}, std::optional<Family> family = {}) {
        return asks(Method::refresh, [&](MessageBuilder& request) {
            if (lifetime) request.lifetime(*lifetime);
            if (family) request.family(AttributeType::requested_address_family, *family);
        });
    }
    Answer permits(std::initializer_list<Endpoint> peers) {
        return asks(Method::create_permission, [&](MessageBuilder& request) {
            for (const Endpoint& peer : peers) {
                request.xor_address(AttributeType::xor_peer_address, peer);
            }
        });
    }
    Answer binds(std::uint16_t channel, const Endpoint& peer) {
        return asks(Method::channel_bind, [&](MessageBuilder& request) {
            request.channel_number(channel);
            request.xor_address(AttributeType::xor_peer_address, peer);
        });
    }
    // A Send indication.
    Answer sends(const Endpoint& peer, std::string_view data, const Write& more = {}) {
        return indicates(Method::send, [&](MessageBuilder& indication) {
            indication.xor_address(AttributeType::xor_peer_address, peer);
            indication.text(AttributeType::data, data);
            if (more) more(indication);
        });
    }
    // A request as a real client makes it: with a nonce it fetched, once more where that is stale.
    Answer asks(Method method, const Write& write);
    // ... without credentials.
    Answer asks_plainly(Method method, const Write& write = {});
    Answer indicates(Method method, const Write& write = {});
    Answer repeats();  // the last message again
    void disconnects();

    std::string username;
    protocol::FiveTuple five_tuple;
    std::string password = "secret";
    bool fingerprints = false;
    bool negotiates_sha256 = false;  // PASSWORD-ALGORITHMS and MESSAGE-INTEGRITY-SHA256
    // From an authorization server: the key signs everything, the token goes with Allocate and
    // Refresh; the username is then its key's id (RFC 7635).
    std::optional<protocol::Key> mac_key = {};
    Octets access_token;

private:
    Octets compose(MessageClass message_class, Method method, const Write& write) const;
    void sign(MessageBuilder& request) const;
    void learn(const Answer& challenge);
    void check_signature(const Answer& answer) const;
    [[nodiscard]] protocol::Key key() const;
    [[nodiscard]] protocol::Integrity integrity() const {
        return negotiates_sha256 ? protocol::Integrity::sha256 : protocol::Integrity::sha1;
    }

    Network& network_;
    std::string nonce_;
    Octets algorithms_;
    Octets last_;
};

inline Answer Client::asks(Method method, const Write& write) {
    if (nonce_.empty()) learn(asks_plainly(Method::refresh));
    const auto attempt = [&] {
        last_ = compose(MessageClass::request, method, [&](MessageBuilder& request) {
            if (write) write(request);
            if (!access_token.empty() &&
                (method == Method::allocate || method == Method::refresh)) {
                request.bytes(AttributeType::access_token, access_token);
            }
            sign(request);
        });
        return repeats();
    };
    Answer answer = attempt();
    if (answer.code() == 438) {
        learn(answer);
        answer = attempt();
    }
    if (answer.authenticated()) check_signature(answer);
    return answer;
}

inline Answer Client::asks_plainly(Method method, const Write& write) {
    last_ = compose(MessageClass::request, method, write);
    return repeats();
}

inline Answer Client::indicates(Method method, const Write& write) {
    last_ = compose(MessageClass::indication, method, write);
    return repeats();
}

inline Answer Client::repeats() {
    return network_.deliver(five_tuple, last_);
}
inline void Client::disconnects() {
    network_.disconnect(five_tuple);
}

inline Octets Client::compose(MessageClass message_class, Method method, const Write& write) const {
    Octets room(4096);
    MessageBuilder message{room, message_class, method, network_.fresh_id()};
    if (write) write(message);
    if (fingerprints) message.fingerprint();
    const auto written = message.finish();
    REQUIRE_FALSE(written.empty());
    return {written.begin(), written.end()};
}

inline void Client::sign(MessageBuilder& request) const {
    request.text(AttributeType::username, username);
    request.text(AttributeType::realm, realm);
    request.text(AttributeType::nonce, nonce_);
    if (negotiates_sha256) {
        request.password_algorithm(protocol::PasswordAlgorithm::sha256);
        request.bytes(AttributeType::password_algorithms, algorithms_);
    }
    request.integrity(integrity(), key().octets());
}

inline void Client::learn(const Answer& challenge) {
    if (challenge.silent()) return;  // as a fault may have it
    const protocol::Message message = challenge.message();
    if (const auto nonce = protocol::nonce(message)) nonce_ = *nonce;
    if (const auto offered = message.find(AttributeType::password_algorithms)) {
        algorithms_.assign(offered->value.begin(), offered->value.end());
    }
}

inline void Client::check_signature(const Answer& answer) const {
    CHECK(protocol::verify_integrity(answer.message(), integrity(), key().octets()));
    CHECK(answer.has(AttributeType::fingerprint) == fingerprints);
}

inline protocol::Key Client::key() const {
    if (mac_key) return *mac_key;
    return negotiates_sha256 ? auth::derive_sha256(username, realm, password)
                             : auth::derive_md5(username, realm, password);
}

}  // namespace turnpike::support
