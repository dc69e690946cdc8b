// SPDX-License-Identifier: BSD-3-Clause
#include "auth/timed_secret.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace turnpike::auth {
namespace {

constexpr std::size_t digits_max = 12;
// Ids are kept by every allocation: one of the configuration is short enough to need no memory of
// its own, and long enough that no two secrets have the same.
constexpr std::string_view configured_prefix = "=";
constexpr std::string_view stored_prefix = "+";
constexpr std::size_t digest_octets_kept = 12;

}  // namespace

std::optional<TimedUsername> parse_timed_username(std::string_view username) noexcept {
    const auto colon = username.find(':');
    const std::string_view digits = username.substr(0, colon);
    if (digits.empty() || digits.size() > digits_max) return std::nullopt;
    std::uint64_t seconds = 0;
    const char* const last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, seconds);
    if (error != std::errc{} || end != last) return std::nullopt;

    TimedUsername parsed;
    // Nanoseconds in 64 bits end in the year 2262: later expiries mean "never" anyway.
    constexpr std::uint64_t seconds_max = 9'000'000'000;
    parsed.expiry =
        protocol::WallTime{std::chrono::seconds{std::min<std::uint64_t>(seconds, seconds_max)}};
    if (colon == std::string_view::npos) return parsed;
    parsed.user = username.substr(colon + 1);
    if (const auto second = parsed.user.find(':'); second != std::string_view::npos) {
        parsed.call = parsed.user.substr(second + 1);
        parsed.user = parsed.user.substr(0, second);
    }
    return parsed;
}

std::string timed_username(protocol::WallTime expiry, std::string_view user,
                           std::string_view call) {
    const auto seconds =
        std::chrono::floor<std::chrono::seconds>(expiry.time_since_epoch()).count();
    std::string username = std::to_string(seconds);
    if (!user.empty() || !call.empty()) username.append(":").append(user);
    if (!call.empty()) username.append(":").append(call);
    return username;
}

std::string timed_password(std::string_view secret, std::string_view username) {
    std::array<unsigned char, 20> mac{};
    unsigned size = 0;
    HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()),
         reinterpret_cast<const unsigned char*>(username.data()), username.size(), mac.data(),
         &size);
    std::array<unsigned char, 29> text{};  // 28 characters and the NUL that OpenSSL adds
    const int length = EVP_EncodeBlock(text.data(), mac.data(), static_cast<int>(mac.size()));
    return {reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(length)};
}

std::string configured_secret_id(std::string_view secret) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(secret.data(), secret.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::string id{configured_prefix};
    return id.append(reinterpret_cast<const char*>(digest.data()), digest_octets_kept);
}

std::string stored_secret_id(std::string_view name) {
    return std::string{stored_prefix}.append(name);
}

bool is_configured_secret(std::string_view id) noexcept {
    return id.starts_with(configured_prefix);
}

}  // namespace turnpike::auth
