// SPDX-License-Identifier: BSD-3-Clause
//
// What an accepted credential allows: who, until when, how much, and for which call. A value; it is
// copied into the allocation that it opens.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "protocol/integrity.hpp"
#include "protocol/time.hpp"

namespace turnpike::auth {

// What an access token adds (RFC 7635): no lifetime outlasts it, and its key also signs requests
// that bring no token.
struct TokenSession {
    std::string key_id;
    protocol::Key mac_key;
    protocol::TimePoint until;
};

struct Grant {
    std::string realm;
    std::string username;  // by access token: the key's id and a name for the token
    std::optional<TokenSession> token = {};
    std::string call;                             // empty: none
    std::optional<protocol::TimePoint> deadline;  // ends the relay itself, not only the login
    std::uint64_t bytes = 0;                      // both ways together; 0: no limit
    std::uint64_t bits_per_second = 0;            // each way; 0: no limit
    std::uint32_t allocations = 0;                // concurrent; 0: no limit
};

}  // namespace turnpike::auth
