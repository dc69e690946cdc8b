// SPDX-License-Identifier: BSD-3-Clause
//
// The users that need no database: fixed ones from the configuration, time-limited usernames of
// several secrets, and whoever brings an access token. Immutable after construction, so every
// worker may read one instance.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "auth/access_token.hpp"
#include "auth/credential.hpp"
#include "auth/login.hpp"
#include "auth/timed_secret.hpp"
#include "protocol/bytes.hpp"

namespace turnpike::auth {

struct UserDirectorySettings {
    std::string realm;                                            // prepared
    std::vector<std::pair<std::string, std::string>> users = {};  // name, password (prepared)
    std::vector<TimedSecret> secrets = {};
    TokenSettings tokens = {};
    std::uint32_t allocations_per_user = 0;
    std::uint64_t bits_per_second = 0;
    std::uint64_t bytes = 0;
    std::optional<Login> probe = {};  // the server's own; its grants say is_probe
};

// Who is asked for: a USERNAME, or a USERHASH when `username` is empty and `userhash` is not; with
// an ACCESS-TOKEN the username is a key's id.
struct UserQuery {
    std::string_view username = {};
    protocol::Bytes userhash = {};
    std::optional<protocol::Bytes> token = {};
};

class UserDirectory {
public:
    explicit UserDirectory(UserDirectorySettings settings);

    // Every credential that the request may have been signed with: none for an unknown user,
    // several where secrets rotate. A time-limited username is found after its expiry too: only
    // Allocate minds (login_until). The fixed user wins over a secret where a name could be both.
    // `others` are secrets beside those of the configuration.
    [[nodiscard]] std::vector<Credential> find(const UserQuery& query, protocol::Moment now,
                                               std::span<const TimedSecret> others = {}) const;
    [[nodiscard]] bool is_fixed(std::string_view username) const {
        return by_name_.contains(std::string{username});
    }
    [[nodiscard]] bool has_secrets() const noexcept { return !settings_.secrets.empty(); }
    [[nodiscard]] const UserDirectorySettings& settings() const noexcept { return settings_; }

    // True where every user can be found by USERHASH: only then may anonymity be offered.
    [[nodiscard]] bool supports_userhash() const noexcept { return settings_.secrets.empty(); }

private:
    // A probe that died leaves its allocation until it expires, or another probe ousts it.
    static constexpr std::uint32_t probe_allocations = 4;

    void add_probe(const Login& login);
    // A token is a user of its own: its authorization server knows people, we know the server's
    // key. So limits for each user count for each token.
    [[nodiscard]] std::vector<Credential> find_token(const UserQuery& query,
                                                     protocol::Moment now) const;

    UserDirectorySettings settings_;
    std::vector<std::string> secret_ids_;  // of each of settings_.secrets
    AccessTokens tokens_;
    boost::unordered_flat_map<std::string, Credential> by_name_;
    boost::unordered_flat_map<std::string, std::string> name_by_hash_;
};

}  // namespace turnpike::auth
