// SPDX-License-Identifier: BSD-3-Clause
#include "auth/password.hpp"

#include <openssl/evp.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include <array>

#include "protocol/bytes.hpp"

namespace turnpike::auth {
namespace {

// RFC 8264 section 9: what the FreeformClass never holds. Old Hangul jamo are the only letters
// among it; compatibility forms, symbols, punctuation and spaces are valid there.
bool is_forbidden(UChar32 point) {
    if (u_isUWhiteSpace(point) && u_charType(point) == U_SPACE_SEPARATOR) return false;
    if (u_iscntrl(point) != 0 || u_hasBinaryProperty(point, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) {
        return true;
    }
    if (u_hasBinaryProperty(point, UCHAR_NONCHARACTER_CODE_POINT)) return true;
    const auto hangul = u_getIntPropertyValue(point, UCHAR_HANGUL_SYLLABLE_TYPE);
    if (hangul == U_HST_LEADING_JAMO || hangul == U_HST_VOWEL_JAMO ||
        hangul == U_HST_TRAILING_JAMO) {
        return true;
    }
    switch (u_charType(point)) {
        case U_UNASSIGNED:
        case U_SURROGATE:
        case U_PRIVATE_USE_CHAR:
        case U_LINE_SEPARATOR:
        case U_PARAGRAPH_SEPARATOR:
            return true;
        default:
            return false;
    }
}

// Decodes strictly; maps spaces beyond ASCII to U+0020 (RFC 8265 section 4.2.2).
std::optional<icu::UnicodeString> prepare(std::string_view text) {
    icu::UnicodeString prepared;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(text.data());
    for (std::size_t index = 0; index < text.size();) {
        UChar32 point = 0;
        U8_NEXT(octets, index, text.size(), point);
        if (point < 0 || is_forbidden(point)) return std::nullopt;
        prepared.append(u_charType(point) == U_SPACE_SEPARATOR ? UChar32{' '} : point);
    }
    return prepared;
}

template <std::size_t Octets>
std::array<std::byte, Octets> digest(const EVP_MD* algorithm, std::string_view text) {
    std::array<std::byte, Octets> value{};
    EVP_Digest(text.data(), text.size(), reinterpret_cast<unsigned char*>(value.data()), nullptr,
               algorithm, nullptr);
    return value;
}

std::string joined(std::string_view username, std::string_view realm, std::string_view password) {
    std::string text;
    text.reserve(username.size() + realm.size() + password.size() + 2);
    return text.append(username).append(":").append(realm).append(":").append(password);
}

}  // namespace

std::optional<std::string> opaque_string(std::string_view text) {
    const auto prepared = prepare(text);
    if (!prepared || prepared->isEmpty()) return std::nullopt;
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* const nfc = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return std::nullopt;
    const icu::UnicodeString normalized = nfc->normalize(*prepared, status);
    if (U_FAILURE(status)) return std::nullopt;
    std::string octets;
    normalized.toUTF8String(octets);
    return octets;
}

protocol::Key derive_md5(std::string_view username, std::string_view realm,
                         std::string_view password) {
    return protocol::Key{digest<16>(EVP_md5(), joined(username, realm, password))};
}

protocol::Key derive_sha256(std::string_view username, std::string_view realm,
                            std::string_view password) {
    return protocol::Key{digest<32>(EVP_sha256(), joined(username, realm, password))};
}

std::array<std::byte, 32> derive_userhash(std::string_view username, std::string_view realm) {
    std::string text{username};
    return digest<32>(EVP_sha256(), text.append(":").append(realm));
}

}  // namespace turnpike::auth
