// SPDX-License-Identifier: BSD-3-Clause
#include "auth/nonce.hpp"

#include <algorithm>
#include <optional>
#include <span>

#include "protocol/integrity.hpp"
#include "protocol/writer.hpp"

namespace turnpike::auth {
namespace {

constexpr std::string_view cookie = "obMatJos2";  // RFC 8489 section 9.2
constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::chrono::seconds tick_length{4};
// Wall clocks are stepped backwards now and then: a nonce from that near a future still counts.
constexpr int ticks_ahead_max = 15;
constexpr std::size_t features_begin = cookie.size();
constexpr std::size_t body_begin = features_begin + 4;

using Tick = std::uint16_t;  // wraps after three days; a nonce lives an hour at most

Tick tick_at(protocol::WallTime now) noexcept {
    return static_cast<Tick>(now.time_since_epoch() / tick_length);
}

// The feature bits as four characters; only the first can differ from 'A'.
char feature_character(SecurityFeatures features) noexcept {
    return alphabet[(features.password_algorithms ? 0x20U : 0U) |
                    (features.username_anonymity ? 0x10U : 0U)];
}

// Six bits a character, most significant first; the last one is filled up with zeros.
void encode(std::uint64_t bits, std::span<char> text) noexcept {
    for (std::size_t index = 0; index < text.size(); ++index) {
        const std::size_t shift = 6 * index;
        const std::uint64_t rest = bits << shift;
        text[index] = alphabet[rest >> 58U];
    }
}

std::optional<Tick> decode_tick(std::string_view text) noexcept {
    std::uint32_t bits = 0;
    for (const char character : text.substr(0, 3)) {
        const auto value = alphabet.find(character);
        if (value == std::string_view::npos) return std::nullopt;
        bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    }
    return static_cast<Tick>(bits >> 2U);
}

// None when OpenSSL is out of memory.
std::optional<std::uint64_t> compute_mac(const NonceSecret& secret, char features, Tick tick,
                                         const protocol::Endpoint& client) noexcept {
    std::array<std::byte, 32> input{};
    protocol::Writer writer{input};
    writer.integer(static_cast<std::uint8_t>(features));
    writer.integer(tick);
    writer.integer(client.port);
    writer.integer(static_cast<std::uint8_t>(client.address.family()));
    writer.bytes(client.address.octets());
    const auto mac = protocol::hmac_sha256(secret, {protocol::Bytes{input}.first(writer.size())});
    if (!mac) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t index = 0; index < 6; ++index) {
        value = (value << 8U) | std::to_integer<std::uint64_t>((*mac)[index]);
    }
    return value;
}

struct Composed {
    NonceText text;
    bool is_signed = false;
};

Composed compose(const NonceSecret& secret, SecurityFeatures features, Tick tick,
                 const protocol::Endpoint& client) noexcept {
    NonceText text;
    text.fill('A');
    std::ranges::copy(cookie, text.begin());
    text[features_begin] = feature_character(features);
    const auto mac = compute_mac(secret, text[features_begin], tick, client);
    encode((std::uint64_t{tick} << 48U) | mac.value_or(0), std::span{text}.subspan(body_begin));
    return {text, mac.has_value()};
}

}  // namespace

Nonces::Nonces(const NonceSecret& secret, SecurityFeatures features, std::chrono::seconds lifetime)
    : secret_{secret}, features_{features}, lifetime_{lifetime} {}

NonceText Nonces::make(const protocol::Endpoint& client, protocol::WallTime now) const noexcept {
    return compose(secret_, features_, tick_at(now), client).text;
}

bool Nonces::valid(std::string_view nonce, const protocol::Endpoint& client,
                   protocol::WallTime now) const noexcept {
    if (nonce.size() != nonce_characters) return false;
    const auto tick = decode_tick(nonce.substr(body_begin));
    if (!tick) return false;
    const auto [expected, is_signed] = compose(secret_, features_, *tick, client);
    const bool ours = is_signed && protocol::equal_in_constant_time(
                                       protocol::as_octets(nonce),
                                       protocol::as_octets({expected.data(), expected.size()}));
    // The difference of two ticks, wrap included, as a signed number.
    const auto age = static_cast<std::int16_t>(static_cast<Tick>(tick_at(now) - *tick));
    return ours && age >= -ticks_ahead_max && age * tick_length <= lifetime_;
}

}  // namespace turnpike::auth
