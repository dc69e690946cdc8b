// SPDX-License-Identifier: BSD-3-Clause
//
// Stateless nonces: "obMatJos2", the security feature bits, the minute they were made and a MAC
// over all that and the client's address, so that none is remembered and none serves another client
// (RFC 8489 section 9.2). Short, because a nonce goes to unverified senders: 24 characters.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/time.hpp"

namespace turnpike::auth {

// RFC 8489 section 18.1: bit 0 is the most significant of 24.
struct SecurityFeatures {
    bool password_algorithms = false;  // bit 0
    bool username_anonymity = false;   // bit 1
};

using NonceSecret = std::array<std::byte, 32>;
inline constexpr std::size_t nonce_characters = 24;
using NonceText = std::array<char, nonce_characters>;

class Nonces {
public:
    // `secret` from a cryptographic generator, the same in every worker. `lifetime` at most an hour
    // (RFC 8656 section 5).
    Nonces(const NonceSecret& secret, SecurityFeatures features, std::chrono::seconds lifetime);

    [[nodiscard]] NonceText make(const protocol::Endpoint& client,
                                 protocol::WallTime now) const noexcept;
    // Made by us, for this client, with these features, and not too long ago. Constant time.
    [[nodiscard]] bool valid(std::string_view nonce, const protocol::Endpoint& client,
                             protocol::WallTime now) const noexcept;

    [[nodiscard]] SecurityFeatures features() const noexcept { return features_; }

private:
    NonceSecret secret_;
    SecurityFeatures features_;
    std::chrono::seconds lifetime_;
};

}  // namespace turnpike::auth
