// SPDX-License-Identifier: BSD-3-Clause
//
// Time-limited usernames, as WebRTC backends mint them: "<unix expiry>:<user>" or
// "<unix expiry>:<user>:<call>" (or the expiry alone) with the password
// base64(HMAC-SHA1(secret, username)). draft-uberti-behave-turn-rest-00 section 2.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/time.hpp"

namespace turnpike::auth {

struct TimedSecret {
    std::string secret;
    bool expiry_ends_relay = false;  // `expired = "end"`: the expiry is also the deadline
    std::string name = {};           // of one in the database; empty: from the configuration
};

struct TimedUsername {
    protocol::WallTime expiry;
    std::string_view user;  // views into the username
    std::string_view call;
};

// What a grant keeps of the secret that proved a login, so that it is known again as long as it is
// there: a digest of one of the configuration, the name of one of the database. Neither can be
// taken for the other.
[[nodiscard]] std::string configured_secret_id(std::string_view secret);
[[nodiscard]] std::string stored_secret_id(std::string_view name);
[[nodiscard]] bool is_configured_secret(std::string_view id) noexcept;

// None where the username does not begin with a decimal number of seconds (at most 12 digits)
// followed by its end or a colon.
[[nodiscard]] std::optional<TimedUsername> parse_timed_username(std::string_view username) noexcept;

[[nodiscard]] std::string timed_username(protocol::WallTime expiry, std::string_view user,
                                         std::string_view call);
[[nodiscard]] std::string timed_password(std::string_view secret, std::string_view username);

}  // namespace turnpike::auth
