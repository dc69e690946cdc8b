// SPDX-License-Identifier: BSD-3-Clause
#include "auth/access_token.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include "protocol/reader.hpp"
#include "protocol/writer.hpp"

namespace turnpike::auth {
namespace {

using protocol::Bytes;
using protocol::MutableBytes;
using std::chrono::microseconds;

constexpr std::size_t tag_octets = 16;
constexpr std::size_t mac_key_octets_min = 16;
constexpr std::size_t mac_key_octets_max = 32;
constexpr std::size_t block_octets_max = 2 + mac_key_octets_max + 8 + 4;

// Of the timestamp's 16 bits of fraction: 1/64000 s each. In halves of a microsecond, whole numbers
// suffice: 1/64000 s is 15.625 us.
constexpr std::int64_t fractions_per_second = 64'000;
// Beyond it no lifetime reaches, and sums of times fit their type.
constexpr std::uint64_t timestamp_seconds_max = 1ULL << 40U;

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

Cipher new_cipher() {
    return {EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free};
}

const EVP_CIPHER* type_of(const TokenKey& key) {
    return key.algorithm == TokenAlgorithm::aes_128_gcm ? EVP_aes_128_gcm() : EVP_aes_256_gcm();
}

const unsigned char* raw(Bytes octets) {
    return reinterpret_cast<const unsigned char*>(octets.data());
}
unsigned char* raw(MutableBytes octets) {
    return reinterpret_cast<unsigned char*>(octets.data());
}
int length_of(Bytes octets) {
    return static_cast<int>(octets.size());
}

struct Sealed {
    Bytes nonce;
    Bytes text;
    Bytes tag;
};

std::optional<Sealed> split(Bytes token) noexcept {
    protocol::Reader reader{token};
    if (reader.integer<std::uint16_t>() != token_nonce_octets) return std::nullopt;
    Sealed sealed;
    sealed.nonce = reader.bytes(token_nonce_octets);
    if (!reader.ok() || reader.remaining() < tag_octets ||
        reader.remaining() > block_octets_max + tag_octets) {
        return std::nullopt;
    }
    sealed.text = reader.bytes(reader.remaining() - tag_octets);
    sealed.tag = reader.bytes(tag_octets);
    return sealed;
}

// Decrypts into `plain`, which is as long as the text. False where the tag does not fit; `plain`
// then means nothing.
bool unseal(const TokenKey& key, std::string_view server_name, const Sealed& sealed,
            MutableBytes plain) {
    const Cipher cipher = new_cipher();
    const Bytes name = protocol::as_octets(server_name);
    std::array<std::byte, tag_octets> tag{};
    std::ranges::copy(sealed.tag, tag.begin());
    int count = 0;
    return cipher != nullptr &&
           EVP_DecryptInit_ex(cipher.get(), type_of(key), nullptr, raw(Bytes{key.octets}),
                              raw(sealed.nonce)) == 1 &&
           EVP_DecryptUpdate(cipher.get(), nullptr, &count, raw(name), length_of(name)) == 1 &&
           EVP_DecryptUpdate(cipher.get(), raw(plain), &count, raw(sealed.text),
                             length_of(sealed.text)) == 1 &&
           EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, tag_octets, tag.data()) == 1 &&
           EVP_DecryptFinal_ex(cipher.get(), raw(plain) + count, &count) == 1;
}

// RFC 7635 section 9: good while lifetime + skew > |now - timestamp|. What a client gets of it ends
// with the token itself; with the tolerance only where the token is over already. None where it is
// out of its time.
std::optional<microseconds> time_left(const TokenBlock& block, std::chrono::seconds skew,
                                      protocol::WallTime now) {
    const auto age = std::chrono::floor<microseconds>(now.time_since_epoch()) - block.timestamp;
    const microseconds lifetime = block.lifetime;
    const microseconds tolerated = lifetime + skew - std::chrono::abs(age);
    if (tolerated <= microseconds::zero()) return std::nullopt;
    const microseconds own = lifetime - std::max(age, microseconds::zero());
    return own >= std::chrono::seconds{1} ? own : std::max(own, tolerated);
}

bool in_window(const TokenKey& key, protocol::WallTime now) {
    return (!key.not_before || now >= *key.not_before) && (!key.not_after || now < *key.not_after);
}

}  // namespace

AccessTokens::AccessTokens(TokenSettings settings)
    : settings_{std::move(settings)},
      nobody_{.id = {}, .octets = std::vector<std::byte>(key_octets(TokenAlgorithm::aes_256_gcm))} {
}

std::optional<AccessToken> AccessTokens::open(std::string_view key_id, Bytes token,
                                              protocol::WallTime now) const {
    const TokenKey* known = find(key_id);
    const TokenKey& key = known == nullptr ? nobody_ : *known;
    const auto sealed = split(token);
    if (!sealed) return std::nullopt;
    std::array<std::byte, block_octets_max> buffer{};
    const MutableBytes plain = std::span{buffer}.first(sealed->text.size());
    if (!unseal(key, settings_.server_name, *sealed, plain)) return std::nullopt;
    const auto block = decode_token_block(plain);
    if (!block || known == nullptr || !in_window(key, now)) return std::nullopt;
    const auto left = time_left(*block, settings_.skew, now);
    if (!left) return std::nullopt;
    return AccessToken{block->mac_key, *left};
}

const TokenKey* AccessTokens::find(std::string_view key_id) const noexcept {
    const auto found = std::ranges::find(settings_.keys, key_id, &TokenKey::id);
    return found == settings_.keys.end() ? nullptr : &*found;
}

std::string token_username(std::string_view key_id, const protocol::Key& mac_key) {
    constexpr std::size_t digits = 16;
    constexpr std::string_view hexadecimal = "0123456789abcdef";
    std::array<std::byte, 32> digest{};
    const Bytes octets = mac_key.octets();
    EVP_Digest(octets.data(), octets.size(), raw(MutableBytes{digest}), nullptr, EVP_sha256(),
               nullptr);
    std::string name{key_id};
    name += '#';
    for (const std::byte octet : std::span{digest}.first(digits / 2)) {
        name += hexadecimal[std::to_integer<std::size_t>(octet >> 4)];
        name += hexadecimal[std::to_integer<std::size_t>(octet & std::byte{0xF})];
    }
    return name;
}

std::optional<TokenBlock> decode_token_block(Bytes octets) noexcept {
    protocol::Reader reader{octets};
    const std::size_t size = reader.integer<std::uint16_t>();
    const Bytes mac_key = reader.bytes(size);
    const auto timestamp = reader.integer<std::uint64_t>();
    const auto lifetime = reader.integer<std::uint32_t>();
    const std::uint64_t seconds = timestamp >> 16U;
    if (!reader.ok() || reader.remaining() != 0 || size < mac_key_octets_min ||
        size > mac_key_octets_max || seconds > timestamp_seconds_max) {
        return std::nullopt;
    }
    const auto fraction = static_cast<std::int64_t>(timestamp & 0xFFFFU);
    constexpr std::int64_t microseconds_per_second = 1'000'000;
    return TokenBlock{
        .mac_key = protocol::Key{mac_key},
        .timestamp = std::chrono::seconds{seconds} +
                     microseconds{fraction * microseconds_per_second / fractions_per_second},
        .lifetime = std::chrono::seconds{lifetime}};
}

std::vector<std::byte> encode_token_block(const TokenBlock& block) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(block.timestamp);
    constexpr std::int64_t microseconds_per_second = 1'000'000;
    const std::int64_t fraction =
        (block.timestamp - seconds).count() * fractions_per_second / microseconds_per_second;
    std::array<std::byte, block_octets_max> buffer{};
    protocol::Writer writer{buffer};
    writer.integer(static_cast<std::uint16_t>(block.mac_key.octets().size()));
    writer.bytes(block.mac_key.octets());
    writer.integer((static_cast<std::uint64_t>(seconds.count()) << 16U) |
                   static_cast<std::uint64_t>(fraction));
    writer.integer(static_cast<std::uint32_t>(block.lifetime.count()));
    const Bytes written = writer.written();
    return {written.begin(), written.end()};
}

std::vector<std::byte> seal_token(const TokenKey& key, std::string_view server_name,
                                  const TokenNonce& nonce, Bytes block) {
    std::vector<std::byte> token(2 + nonce.size() + block.size() + tag_octets);
    protocol::Writer writer{token};
    writer.integer(static_cast<std::uint16_t>(nonce.size()));
    writer.bytes(nonce);
    const MutableBytes text = MutableBytes{token}.subspan(writer.size(), block.size());
    const MutableBytes tag = MutableBytes{token}.last(tag_octets);
    const Cipher cipher = new_cipher();
    const Bytes name = protocol::as_octets(server_name);
    int count = 0;
    const bool sealed =
        cipher != nullptr &&
        EVP_EncryptInit_ex(cipher.get(), type_of(key), nullptr, raw(Bytes{key.octets}),
                           raw(Bytes{nonce})) == 1 &&
        EVP_EncryptUpdate(cipher.get(), nullptr, &count, raw(name), length_of(name)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), raw(text), &count, raw(block), length_of(block)) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), raw(text) + count, &count) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, tag_octets, tag.data()) == 1;
    if (!sealed) token.clear();
    return token;
}

}  // namespace turnpike::auth
