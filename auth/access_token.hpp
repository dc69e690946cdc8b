// SPDX-License-Identifier: BSD-3-Clause
//
// Access tokens (RFC 7635 section 6.2): an authorization server that shares a key with us encrypts
// a session key for a client, which brings it here in ACCESS-TOKEN, with the key's id as USERNAME.
// Pure, immutable after construction, keeps nothing of a token.
//
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// |         nonce_length          |    nonce (nonce_length)       |
// |  sealed: key_length (2) | mac_key | timestamp (8) | lifetime (4) | tag (16)
//
// The timestamp has 48 bits of seconds and 16 bits of 1/64000 s; the lifetime is in seconds.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.hpp"
#include "protocol/integrity.hpp"
#include "protocol/time.hpp"

namespace turnpike::auth {

enum class TokenAlgorithm : std::uint8_t { aes_128_gcm, aes_256_gcm };

// How many octets of a key the algorithm uses.
[[nodiscard]] constexpr std::size_t key_octets(TokenAlgorithm algorithm) noexcept {
    return algorithm == TokenAlgorithm::aes_128_gcm ? 16 : 32;
}

struct TokenKey {
    std::string id;                      // what clients send as USERNAME
    std::vector<std::byte> octets = {};  // at least key_octets(); more are not used
    TokenAlgorithm algorithm = TokenAlgorithm::aes_256_gcm;
    std::optional<protocol::WallTime> not_before = {};
    std::optional<protocol::WallTime> not_after = {};
};

struct TokenSettings {
    std::string server_name;  // THIRD-PARTY-AUTHORIZATION, and what tokens are bound to
    std::vector<TokenKey> keys = {};
    std::chrono::seconds skew{5};  // by which the clocks of both servers may differ
};

inline constexpr std::size_t token_nonce_octets = 12;
using TokenNonce = std::array<std::byte, token_nonce_octets>;

// What the authorization server sealed.
struct TokenBlock {
    protocol::Key mac_key;
    std::chrono::microseconds timestamp{0};  // since 1970
    std::chrono::seconds lifetime{0};
};

// What a good token is worth.
struct AccessToken {
    protocol::Key mac_key;
    std::chrono::microseconds left{0};  // until it ends; more than zero
};

class AccessTokens {
public:
    explicit AccessTokens(TokenSettings settings);

    // None for an unknown key, and for a token that is malformed, forged, not for this server, or
    // out of its time; it takes the same time whether or not the key is known.
    [[nodiscard]] std::optional<AccessToken> open(std::string_view key_id, protocol::Bytes token,
                                                  protocol::WallTime now) const;

private:
    [[nodiscard]] const TokenKey* find(std::string_view key_id) const noexcept;

    TokenSettings settings_;
    TokenKey nobody_;  // stands in for an unknown key
};

// What a token is called in logs and limits: the key's id, and a digest that tells no secret.
[[nodiscard]] std::string token_username(std::string_view key_id, const protocol::Key& mac_key);

// None where the octets are no such block: a mac_key of 16 to 32 octets, and nothing left over.
[[nodiscard]] std::optional<TokenBlock> decode_token_block(protocol::Bytes octets) noexcept;
[[nodiscard]] std::vector<std::byte> encode_token_block(const TokenBlock& block);

// The authorization server's part, for tests.
[[nodiscard]] std::vector<std::byte> seal_token(const TokenKey& key, std::string_view server_name,
                                                const TokenNonce& nonce, protocol::Bytes block);

}  // namespace turnpike::auth
