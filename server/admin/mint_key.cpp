// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/mint_key.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <vector>

#include "auth/timed_secret.hpp"
#include "protocol/bytes.hpp"
#include "protocol/integrity.hpp"

namespace turnpike::admin {
namespace {

constexpr std::string_view purpose = "turnpike mint key 1";
constexpr std::size_t text_octets_max = 4096;

// RFC 4648 section 5, without padding.
[[nodiscard]] std::string base64url(protocol::Bytes octets) {
    std::vector<unsigned char> text(4 * ((octets.size() + 2) / 3) + 1);
    const int size =
        EVP_EncodeBlock(text.data(), reinterpret_cast<const unsigned char*>(octets.data()),
                        static_cast<int>(octets.size()));
    std::string result{text.begin(), text.begin() + size};
    std::ranges::replace(result, '+', '-');
    std::ranges::replace(result, '/', '_');
    result.resize(std::min(result.find('='), result.size()));
    return result;
}

// None where it is anything but what base64url() makes.
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text) {
    std::string padded{text};
    std::ranges::replace(padded, '-', '+');
    std::ranges::replace(padded, '_', '/');
    while (padded.size() % 4 != 0) padded += '=';
    std::vector<unsigned char> octets(padded.size() / 4 * 3 + 1);
    const int size =
        EVP_DecodeBlock(octets.data(), reinterpret_cast<const unsigned char*>(padded.data()),
                        static_cast<int>(padded.size()));
    if (size < 0) return std::nullopt;
    const auto padding = padded.size() - text.size();
    if (padding > 2) return std::nullopt;
    std::string result{octets.begin(),
                       octets.begin() + size - static_cast<std::ptrdiff_t>(padding)};
    if (base64url(protocol::as_octets(result)) != text) return std::nullopt;
    return result;
}

[[nodiscard]] std::optional<protocol::MacOctets> mac_of(std::string_view payload,
                                                        std::string_view realm,
                                                        std::string_view secret) {
    using protocol::as_octets;
    const auto key = protocol::hmac_sha256(as_octets(secret), {as_octets(purpose)});
    if (!key) return std::nullopt;
    // A realm has no line feed that a client could send: where it ends is certain.
    return protocol::hmac_sha256(*key, {as_octets(realm), as_octets("\n"), as_octets(payload)});
}

}  // namespace

std::optional<std::string> sign_mint_key(const MintKey& key, std::string_view realm,
                                         std::string_view secret) {
    const std::string payload = auth::timed_username(key.expires, key.user, key.call);
    const auto mac = mac_of(payload, realm, secret);
    if (!mac) return std::nullopt;
    return std::string{mint_key_prefix} + base64url(protocol::as_octets(payload)) + '.' +
           base64url(*mac);
}

std::optional<MintKey> open_mint_key(std::string_view text, std::string_view realm,
                                     std::span<const std::string> secrets, protocol::WallTime now) {
    if (!text.starts_with(mint_key_prefix) || text.size() > text_octets_max) return std::nullopt;
    text.remove_prefix(mint_key_prefix.size());
    const auto dot = text.find('.');
    if (dot == text.npos) return std::nullopt;
    const auto payload = from_base64url(text.substr(0, dot));
    const auto signature = from_base64url(text.substr(dot + 1));
    if (!payload || !signature) return std::nullopt;
    bool is_good = false;
    for (const std::string& secret : secrets) {
        const auto mac = mac_of(*payload, realm, secret);
        is_good |= mac && protocol::equal_in_constant_time(*mac, protocol::as_octets(*signature));
    }
    const auto said = auth::parse_timed_username(*payload);
    if (!is_good || !said || said->call.empty() || said->expiry <= now) return std::nullopt;
    return MintKey{std::string{said->user}, std::string{said->call}, said->expiry};
}

}  // namespace turnpike::admin
