// SPDX-License-Identifier: BSD-3-Clause
//
// The messages under tests/vectors and the credentials that they were made with.
#pragma once

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>

#include "tests/support/hex.hpp"

namespace turnpike::test {

// Every message of tests/vectors/<file>.txt by name.
[[nodiscard]] inline std::map<std::string, Octets> vectors(const std::string& file) {
    std::ifstream stream{std::string{TURNPIKE_VECTORS} + "/" + file + ".txt"};
    if (!stream) throw std::runtime_error{"no vectors in " + file};
    std::map<std::string, std::string> text;
    std::string name;
    for (std::string line; std::getline(stream, line);) {
        if (line.empty() || line.front() == '#') continue;
        if (line.front() == '[') {
            name = line.substr(1, line.size() - 2);
        } else {
            text[name] += line;
        }
    }
    std::map<std::string, Octets> messages;
    for (const auto& [key, digits] : text) messages[key] = hex(digits);
    return messages;
}

[[nodiscard]] inline Octets vector(const std::string& file, const std::string& name) {
    return vectors(file).at(name);
}

// RFC 5769 sections 2.1 to 2.3: the short-term password is the key.
inline constexpr std::string_view rfc5769_password = "VOkJxbRl1RmTxUk/WvJxBt";
// RFC 5769 section 2.4 and RFC 8489 appendix B.1, the password after OpaqueString.
inline constexpr std::string_view rfc5769_username = "\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9";
inline constexpr std::string_view rfc5769_long_term_password = "TheMatrIX";
inline constexpr std::string_view rfc5769_realm = "example.org";
inline constexpr std::string_view rfc5769_nonce = "f//499k954d6OL34oL9FSTvy64sA";

// The derived vectors.
inline constexpr std::string_view derived_username = "alice";
inline constexpr std::string_view derived_realm = "example.org";
inline constexpr std::string_view derived_password = "secret";
inline constexpr std::string_view derived_nonce = "obMatJos2gAAA0123456789abcdef";
inline constexpr std::string_view derived_transaction_id = "0102030405060708090a0b0c";
// ... of the one with USERHASH, whose feature bits say that names may be hashed.
inline constexpr std::string_view derived_nonce_anonymous = "obMatJos2wAAA0123456789abcdef";
inline constexpr std::string_view derived_key_md5 = "543e1aec5d3614f03141652d6ada51b2";
inline constexpr std::string_view derived_key_sha256 =
    "d1659fff7a501be15962adc35514ca6a5868905695f2dd1093741f931e000a1f";
inline constexpr std::string_view derived_userhash =
    "435b7933096a304d3c734cfb833ec9075bd47ab1c0160321aed31c06a8c7009e";

}  // namespace turnpike::test
