// SPDX-License-Identifier: BSD-3-Clause
#include "auth/authenticator.hpp"

#include <algorithm>
#include <utility>

#include "protocol/writer.hpp"

namespace turnpike::auth {
namespace {

using protocol::AttributeType;
using protocol::ErrorCode;
using protocol::Integrity;
using protocol::Message;
using protocol::PasswordAlgorithm;

constexpr std::string_view cookie = "obMatJos2";

// What we offer, strongest first: SHA-256 and MD5, neither with parameters.
constexpr std::array<std::byte, 8> offered_algorithms = [] {
    std::array<std::byte, 8> list{};
    protocol::Writer writer{list};
    writer.integer(static_cast<std::uint16_t>(PasswordAlgorithm::sha256));
    writer.integer(std::uint16_t{0});
    writer.integer(static_cast<std::uint16_t>(PasswordAlgorithm::md5));
    writer.integer(std::uint16_t{0});
    return list;
}();

// Whether the nonce that the client sends back claims bit 0 of the feature set: the first of six
// bits in the character behind the cookie.
bool claims_password_algorithms(std::string_view nonce) noexcept {
    if (!nonce.starts_with(cookie) || nonce.size() < cookie.size() + 4) return false;
    const char character = nonce[cookie.size()];
    return (character >= 'g' && character <= 'z') || (character >= '0' && character <= '9') ||
           character == '+' || character == '/';
}

bool is_offered(std::uint16_t algorithm) noexcept {
    return algorithm == static_cast<std::uint16_t>(PasswordAlgorithm::md5) ||
           algorithm == static_cast<std::uint16_t>(PasswordAlgorithm::sha256);
}

// RFC 8489 section 9.2.4: neither attribute means MD5; else both, our list unchanged, and one of
// it.
std::optional<PasswordAlgorithm> choose_algorithm(const Message& request) noexcept {
    const auto chosen = protocol::password_algorithm(request);
    const auto list = protocol::password_algorithms(request);
    if (chosen.is_absent() && list.is_absent()) return PasswordAlgorithm::md5;
    if (!chosen || !list || !std::ranges::equal(*list, offered_algorithms)) return std::nullopt;
    if (!is_offered(*chosen)) return std::nullopt;
    return static_cast<PasswordAlgorithm>(*chosen);
}

const protocol::Key& key_for(const Credential& credential, PasswordAlgorithm algorithm) noexcept {
    return algorithm == PasswordAlgorithm::sha256 ? credential.sha256 : credential.md5;
}

}  // namespace

Authenticator::Authenticator(AuthenticatorSettings settings, Nonces nonces)
    : settings_{std::move(settings)}, nonces_{nonces} {}

std::variant<Claim, Denial> Authenticator::examine(const Message& request) const {
    const bool has_sha256 = request.has(AttributeType::message_integrity_sha256);
    if (!has_sha256 && !request.has(AttributeType::message_integrity)) {
        return Denial{ErrorCode::unauthenticated};
    }
    const auto username = protocol::username(request);
    const auto userhash = protocol::userhash(request);
    const auto realm = protocol::realm(request);
    const auto nonce = protocol::nonce(request);
    if (username.is_malformed() || userhash.is_malformed() || !realm || !nonce ||
        (!username && !userhash)) {
        return Denial{ErrorCode::bad_request};
    }

    Claim claim;
    if (username) {
        claim.user.username = *username;
    } else {
        claim.user.userhash = *userhash;
    }
    if (!settings_.token_server.empty()) {
        if (const auto token = request.find(AttributeType::access_token)) {
            claim.user.token = token->value;
        }
    }
    claim.integrity = has_sha256 ? Integrity::sha256 : Integrity::sha1;
    if (settings_.offer_sha256 && claims_password_algorithms(*nonce)) {
        const auto algorithm = choose_algorithm(request);
        if (!algorithm) return Denial{ErrorCode::bad_request};
        claim.algorithm = *algorithm;
    }
    if (request.has(AttributeType::password_algorithm) ||
        request.has(AttributeType::password_algorithms)) {
        claim.answer_integrity = Integrity::sha256;
    }
    return claim;
}

std::variant<Identity, Denial> Authenticator::verify(const Message& request, const Claim& claim,
                                                     std::span<const Credential> candidates,
                                                     const Arrival& arrival) const {
    // An unknown user is judged against a key that nobody has, so that it takes the same time.
    static const Credential nobody{protocol::Key{std::array<std::byte, 16>{}},
                                   protocol::Key{std::array<std::byte, 32>{}},
                                   {},
                                   {}};
    const bool known = !candidates.empty();
    const Credential* match = nullptr;
    for (const Credential& candidate : known ? candidates : std::span{&nobody, 1}) {
        const auto& key = key_for(candidate, claim.algorithm);
        const bool matches = protocol::verify_integrity(request, claim.integrity, key.octets());
        if (matches && match == nullptr) match = &candidate;
    }
    if (!known || match == nullptr || *protocol::realm(request) != settings_.realm) {
        return Denial{ErrorCode::unauthenticated};
    }
    if (!nonces_.valid(*protocol::nonce(request), arrival.client, arrival.now.wall)) {
        return Denial{ErrorCode::stale_nonce};
    }
    return Identity{key_for(*match, claim.algorithm), claim.answer_integrity, match->grant,
                    match->login_until};
}

bool Authenticator::has_good_nonce(const Message& request, const Arrival& arrival) const noexcept {
    const auto nonce = protocol::nonce(request);
    return nonce && nonces_.valid(*nonce, arrival.client, arrival.now.wall);
}

void Authenticator::write_challenge(protocol::MessageBuilder& answer,
                                    const protocol::Endpoint& client,
                                    protocol::WallTime now) const noexcept {
    answer.text(AttributeType::realm, settings_.realm);
    const NonceText nonce = nonces_.make(client, now);
    answer.text(AttributeType::nonce, {nonce.data(), nonce.size()});
    if (settings_.offer_sha256) {
        answer.bytes(AttributeType::password_algorithms, offered_algorithms);
    }
    if (!settings_.token_server.empty()) {
        answer.text(AttributeType::third_party_authorization, settings_.token_server);
    }
}

}  // namespace turnpike::auth
