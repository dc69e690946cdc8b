// SPDX-License-Identifier: BSD-3-Clause
#include "auth/user_directory.hpp"

#include "auth/password.hpp"

namespace turnpike::auth {
namespace {

std::string text_of(protocol::Bytes octets) {
    return std::string{protocol::as_text(octets)};
}

Grant grant_to(const UserDirectorySettings& settings, std::string_view username) {
    Grant grant;
    grant.realm = settings.realm;
    grant.username = grant.user = username;
    grant.bytes = settings.bytes;
    grant.bits_per_second = settings.bits_per_second;
    grant.allocations = settings.allocations_per_user;
    return grant;
}

Credential derive(const UserDirectorySettings& settings, std::string_view username,
                  std::string_view password) {
    Credential credential;
    credential.md5 = derive_md5(username, settings.realm, password);
    credential.sha256 = derive_sha256(username, settings.realm, password);
    credential.grant = grant_to(settings, username);
    return credential;
}

Credential derive_timed(const UserDirectorySettings& settings, const TimedSecret& secret,
                        std::string_view username, protocol::Moment now) {
    const TimedUsername timed = *parse_timed_username(username);
    Credential credential = derive(settings, username, timed_password(secret.secret, username));
    if (!timed.user.empty()) credential.grant.user = timed.user;
    credential.grant.call = timed.call;
    credential.login_until = timed.expiry;
    if (secret.expiry_ends_relay) {
        credential.grant.deadline_by = Limit::login_time;
        credential.grant.deadline =
            now.steady +
            std::chrono::duration_cast<protocol::TimePoint::duration>(timed.expiry - now.wall);
    }
    return credential;
}

// What a client may sign with: the mac_key (RFC 7635 section 4.1.1), or, as coturn does with one
// for HMAC-SHA-1, its first 16 octets.
std::vector<protocol::Key> signing_keys(const protocol::Key& mac_key) {
    constexpr std::size_t sha1_octets = 20;
    constexpr std::size_t cut_octets = 16;
    std::vector<protocol::Key> keys{mac_key};
    const protocol::Bytes octets = mac_key.octets();
    if (octets.size() == sha1_octets) keys.emplace_back(octets.first(cut_octets));
    return keys;
}

}  // namespace

UserDirectory::UserDirectory(UserDirectorySettings settings)
    : settings_{std::move(settings)}, tokens_{settings_.tokens} {
    for (const auto& [name, password] : settings_.users) {
        const auto hash = derive_userhash(name, settings_.realm);
        name_by_hash_.emplace(text_of(hash), name);
        by_name_.emplace(name, derive(settings_, name, password));
    }
    for (const TimedSecret& secret : settings_.secrets) {
        secret_ids_.push_back(configured_secret_id(secret.secret));
    }
    if (settings_.probe) add_probe(*settings_.probe);
}

void UserDirectory::add_probe(const Login& login) {
    Credential credential = derive(settings_, login.username, login.password);
    Grant& grant = credential.grant;
    grant.is_probe = true;
    grant.bytes = grant.bits_per_second = 0;
    grant.allocations = probe_allocations;
    by_name_.insert_or_assign(login.username, std::move(credential));
}

std::vector<Credential> UserDirectory::find(const UserQuery& query, protocol::Moment now,
                                            std::span<const TimedSecret> others) const {
    if (query.token) return find_token(query, now);
    std::string name{query.username};
    if (name.empty() && !query.userhash.empty()) {
        const auto entry = name_by_hash_.find(text_of(query.userhash));
        if (entry == name_by_hash_.end()) return {};
        name = entry->second;
    }
    if (const auto entry = by_name_.find(name); entry != by_name_.end()) return {entry->second};
    if (!parse_timed_username(name)) return {};
    std::vector<Credential> found;
    for (std::size_t index = 0; index < settings_.secrets.size(); ++index) {
        found.push_back(derive_timed(settings_, settings_.secrets[index], name, now));
        found.back().grant.secret = secret_ids_[index];
    }
    for (const TimedSecret& secret : others) {
        found.push_back(derive_timed(settings_, secret, name, now));
        found.back().grant.secret = stored_secret_id(secret.name);
    }
    return found;
}

std::vector<Credential> UserDirectory::find_token(const UserQuery& query,
                                                  protocol::Moment now) const {
    const auto token = tokens_.open(query.username, *query.token, now.wall);
    if (!token) return {};
    std::vector<Credential> found;
    for (const protocol::Key& key : signing_keys(token->mac_key)) {
        Credential credential;
        credential.md5 = credential.sha256 = key;  // as it is: no password, no algorithm
        credential.grant = grant_to(settings_, token_username(query.username, token->mac_key));
        credential.grant.token = TokenSession{.key_id = std::string{query.username},
                                              .mac_key = key,
                                              .until = now.steady + token->left};
        found.push_back(std::move(credential));
    }
    return found;
}

}  // namespace turnpike::auth
