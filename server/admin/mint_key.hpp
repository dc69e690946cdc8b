// SPDX-License-Identifier: BSD-3-Clause
//
// A key that a web page may hold: until its expiry it mints credentials for one call, and does
// nothing else. Stateless: it says for whom it is good, and is signed with a key that is derived
// from a secret of auth.secrets, so that every server with the same secret takes it. Pure.
//
//   mint1.<base64url of "expiry:user:call">.<base64url of HMAC-SHA256>
#pragma once

#include <compare>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocol/time.hpp"

namespace turnpike::admin {

struct MintKey {
    std::string user;  // empty: whoever the page says
    std::string call;
    protocol::WallTime expires;

    auto operator<=>(const MintKey&) const = default;
};

inline constexpr std::string_view mint_key_prefix = "mint1.";

// None where there is no secret, or OpenSSL is out of memory.
[[nodiscard]] std::optional<std::string> sign_mint_key(const MintKey& key, std::string_view realm,
                                                       std::string_view secret);

// None where it is forged, of another realm, of no secret of these, or has expired. Compares in
// constant time.
[[nodiscard]] std::optional<MintKey> open_mint_key(std::string_view text, std::string_view realm,
                                                   std::span<const std::string> secrets,
                                                   protocol::WallTime now);

}  // namespace turnpike::admin
