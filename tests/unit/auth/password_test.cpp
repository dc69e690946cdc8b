// SPDX-License-Identifier: BSD-3-Clause
#include "auth/password.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::auth {
namespace {

using test::to_hex;

TEST_CASE("keys are derived as the RFC's example and the published vectors say",
          "[B10][B22][rfc8489-9.2.2]") {
    CHECK(to_hex(derive_md5("user", "realm", "pass").octets()) ==
          "8493fbc53ba582fb4c044c456bdc40eb");
    CHECK(to_hex(derive_md5("alice", "example.org", "secret").octets()) ==
          "543e1aec5d3614f03141652d6ada51b2");
    CHECK(to_hex(derive_sha256("alice", "example.org", "secret").octets()) ==
          "d1659fff7a501be15962adc35514ca6a5868905695f2dd1093741f931e000a1f");
}

TEST_CASE("USERHASH is the digest of user and realm", "[B23][rfc8489-14.4]") {
    CHECK(to_hex(derive_userhash("alice", "example.org")) ==
          "435b7933096a304d3c734cfb833ec9075bd47ab1c0160321aed31c06a8c7009e");
    CHECK(to_hex(derive_userhash("\u30DE\u30C8\u30EA\u30C3\u30AF\u30B9", "example.org")) ==
          "4a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f1704");
}

TEST_CASE("OpaqueString leaves ASCII alone and prepares the rest", "[B10][X9][rfc8265-4.2]") {
    struct Row {
        std::string_view text;
        std::optional<std::string> prepared;
    };
    const Row row = GENERATE(
        Row{"secret", "secret"}, Row{"TheMatrIX", "TheMatrIX"}, Row{"Case Is Kept", "Case Is Kept"},
        // RFC 8265 section 4.3's own examples: spaces inside are allowed, a non-ASCII one is
        // mapped.
        Row{"correct horse battery staple", "correct horse battery staple"},
        Row{"foo\u1680bar", "foo bar"}, Row{"no\u00A0break", "no break"},
        Row{"Jack of \u2666s", "Jack of \u2666s"}, Row{"\u03C0\u00DF\u00E5", "\u03C0\u00DF\u00E5"},
        // NFC: a combining accent joins its letter; compatibility forms stay.
        Row{"cafe\u0301", "caf\u00E9"}, Row{"\u2168", "\u2168"});
    CHECK(opaque_string(row.text) == row.prepared);
}

TEST_CASE("OpaqueString refuses what is no text", "[B35][rfc8264-4.3]") {
    const std::string_view text =
        GENERATE(std::string_view{""}, std::string_view{"tab\there"},
                 std::string_view{"nul\0nul", 7}, std::string_view{"soft\u00ADhyphen"},
                 std::string_view{"\u200Bzero width"}, std::string_view{"\uE000 private"},
                 std::string_view{"\uFFFF"}, std::string_view{"\u1100 jamo"},
                 std::string_view{"\xC3\x28"}, std::string_view{"\xED\xA0\x80"},
                 std::string_view{"\xF4\x90\x80\x80"}, std::string_view{"cut \xE3\x83"});
    CHECK_FALSE(opaque_string(text).has_value());
}

}  // namespace
}  // namespace turnpike::auth
