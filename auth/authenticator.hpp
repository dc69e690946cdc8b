// SPDX-License-Identifier: BSD-3-Clause
//
// The long-term credential mechanism as a pure machine (RFC 8489 section 9.2.4): a request is
// examined, the caller fetches the credential it names, and the request is verified with it. Both
// steps end in a Denial where they fail. No state is kept between them, or at all.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <variant>

#include "auth/credential.hpp"
#include "auth/nonce.hpp"
#include "auth/user_directory.hpp"
#include "protocol/address.hpp"
#include "protocol/attributes.hpp"
#include "protocol/error_code.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message.hpp"
#include "protocol/message_builder.hpp"

namespace turnpike::auth {

// How a request proves itself, as far as it can be read without a key.
struct Claim {
    UserQuery user;  // views into the datagram
    protocol::Integrity integrity = protocol::Integrity::sha1;
    protocol::PasswordAlgorithm algorithm = protocol::PasswordAlgorithm::md5;
    // The kind of integrity that the answer carries (RFC 8489 section 9.2.4, last paragraphs).
    protocol::Integrity answer_integrity = protocol::Integrity::sha1;
};

// 400 without more, or 401 and 438 with a challenge: REALM, NONCE, PASSWORD-ALGORITHMS.
// A 438 is not signed though the key matched: RFC 8489 section 9.2.4 leaves that open.
struct Denial {
    protocol::ErrorCode code;
};

// A request that proved itself. What signs the answer, and what the user is allowed.
struct Identity {
    protocol::Key key;
    protocol::Integrity answer_integrity = protocol::Integrity::sha1;
    Grant grant;
    std::optional<protocol::WallTime> login_until;
};

// Where a request came from, and when: what a nonce is bound to.
struct Arrival {
    protocol::Endpoint client;
    protocol::Moment now;
};

struct AuthenticatorSettings {
    std::string realm;  // prepared
    bool offer_sha256 = true;
    std::string token_server = {};  // THIRD-PARTY-AUTHORIZATION; empty: no access tokens are taken
};

class Authenticator {
public:
    Authenticator(AuthenticatorSettings settings, Nonces nonces);

    // What the request shows: presence and algorithms. 401 where it carries no integrity.
    [[nodiscard]] std::variant<Claim, Denial> examine(const protocol::Message& request) const;

    // Tries each candidate; with none it takes the same time against a key that nobody has. The MAC
    // is judged before the nonce.
    [[nodiscard]] std::variant<Identity, Denial> verify(const protocol::Message& request,
                                                        const Claim& claim,
                                                        std::span<const Credential> candidates,
                                                        const Arrival& arrival) const;

    // Whether the request shows a nonce that its sender got here, and so that it is where it says:
    // before a look-up that costs somebody else something.
    [[nodiscard]] bool has_good_nonce(const protocol::Message& request,
                                      const Arrival& arrival) const noexcept;

    // REALM, NONCE, PASSWORD-ALGORITHMS and THIRD-PARTY-AUTHORIZATION of a 401 or 438.
    void write_challenge(protocol::MessageBuilder& answer, const protocol::Endpoint& client,
                         protocol::WallTime now) const noexcept;

private:
    AuthenticatorSettings settings_;
    Nonces nonces_;
};

}  // namespace turnpike::auth
