// SPDX-License-Identifier: BSD-3-Clause
#include "auth/user_directory.hpp"

#include "auth/password.hpp"

namespace turnpike::auth {
namespace {

std::string text_of(protocol::Bytes octets) {
    return std::string{protocol::as_text(octets)};
}

Credential derive(const UserDirectorySettings& settings, std::string_view username,
                  std::string_view password) {
    Credential credential;
    credential.md5 = derive_md5(username, settings.realm, password);
    credential.sha256 = derive_sha256(username, settings.realm, password);
    credential.grant.realm = settings.realm;
    credential.grant.username = username;
    credential.grant.bytes = settings.bytes;
    credential.grant.bits_per_second = settings.bits_per_second;
    credential.grant.allocations = settings.allocations_per_user;
    return credential;
}

Credential derive_timed(const UserDirectorySettings& settings, const TimedSecret& secret,
                        std::string_view username, protocol::Moment now) {
    const TimedUsername timed = *parse_timed_username(username);
    Credential credential = derive(settings, username, timed_password(secret.secret, username));
    credential.grant.call = timed.call;
    credential.login_until = timed.expiry;
    if (secret.expiry_ends_relay) {
        credential.grant.deadline =
            now.steady +
            std::chrono::duration_cast<protocol::TimePoint::duration>(timed.expiry - now.wall);
    }
    return credential;
}

}  // namespace

UserDirectory::UserDirectory(UserDirectorySettings settings) : settings_{std::move(settings)} {
    for (const auto& [name, password] : settings_.users) {
        const auto hash = derive_userhash(name, settings_.realm);
        name_by_hash_.emplace(text_of(hash), name);
        by_name_.emplace(name, derive(settings_, name, password));
    }
}

std::vector<Credential> UserDirectory::find(const UserQuery& query, protocol::Moment now) const {
    std::string name{query.username};
    if (name.empty() && !query.userhash.empty()) {
        const auto entry = name_by_hash_.find(text_of(query.userhash));
        if (entry == name_by_hash_.end()) return {};
        name = entry->second;
    }
    if (const auto entry = by_name_.find(name); entry != by_name_.end()) return {entry->second};
    if (!parse_timed_username(name)) return {};
    std::vector<Credential> found;
    for (const TimedSecret& secret : settings_.secrets) {
        found.push_back(derive_timed(settings_, secret, name, now));
    }
    return found;
}

}  // namespace turnpike::auth
