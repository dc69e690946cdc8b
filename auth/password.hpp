// SPDX-License-Identifier: BSD-3-Clause
//
// From passwords to keys: the OpaqueString profile for realm and password, and both derivations
// (RFC 8489 sections 9.2.2 and 18.5, RFC 8265 section 4.2).
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/integrity.hpp"

namespace turnpike::auth {

// The prepared and enforced form: non-ASCII spaces become U+0020, then NFC. None where the text is
// empty, no UTF-8, or holds what the FreeformClass forbids (RFC 8264 section 4.3).
[[nodiscard]] std::optional<std::string> opaque_string(std::string_view text);

// `realm` and `password` already prepared; the username as the client sends it.
[[nodiscard]] protocol::Key derive_md5(std::string_view username, std::string_view realm,
                                       std::string_view password);
[[nodiscard]] protocol::Key derive_sha256(std::string_view username, std::string_view realm,
                                          std::string_view password);

// USERHASH: SHA-256(username ":" realm), RFC 8489 section 14.4.
[[nodiscard]] std::array<std::byte, 32> derive_userhash(std::string_view username,
                                                        std::string_view realm);

}  // namespace turnpike::auth
