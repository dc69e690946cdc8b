// SPDX-License-Identifier: BSD-3-Clause
//
// What an accepted credential allows: who, until when, how much, and for which call. A value; it is
// copied into the allocation that it opens.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/limit.hpp"
#include "protocol/integrity.hpp"
#include "protocol/rare.hpp"
#include "protocol/time.hpp"

namespace turnpike::auth {

// What an access token adds (RFC 7635): no lifetime outlasts it, and its key also signs requests
// that bring no token.
struct TokenSession {
    std::string key_id;
    protocol::Key mac_key;
    protocol::TimePoint until;
};

// What a call's allocations share. 0: no limit.
struct CallGrant {
    std::uint64_t bytes = 0;            // of all, both ways together
    std::uint64_t bits_per_second = 0;  // of all, each way
    std::uint32_t participants = 0;     // different users at once
    // Its time begins with the first media that is relayed, and nothing was yet.
    std::optional<std::chrono::seconds> length_from_media = {};
    std::optional<protocol::WallTime> ends_at = {};  // its own end, whatever ends its users
    bool operator==(const CallGrant&) const = default;
};

// What other servers hold that share our database, as of the look-up.
struct Elsewhere {
    std::uint32_t allocations = 0;          // of the user
    std::vector<std::string> participants;  // of the call
    bool operator==(const Elsewhere&) const = default;
};

struct Grant {
    std::string realm;
    std::string username;  // by access token: the key's id and a name for the token
    // Whose limits and bill it is: of a time-limited username the user in it, else the username.
    std::string user;
    std::string secret = {};  // which secret proved it (auth/timed_secret.hpp); empty: none
    protocol::Rare<TokenSession> token = {};
    std::string call;  // empty: none
    protocol::Rare<CallGrant> call_grant = {};
    std::optional<protocol::TimePoint> deadline;  // ends the relay itself, not only the login
    Limit deadline_by = Limit::session_time;
    std::optional<std::chrono::seconds> session = {};  // of one allocation; none: as configured
    std::uint64_t bytes = 0;                 // of one allocation, both ways together; 0: no limit
    std::uint64_t bits_per_second = 0;       // of one allocation, each way; 0: no limit
    std::uint64_t user_bits_per_second = 0;  // of all the user's, each way; 0: no limit
    std::uint32_t allocations = 0;           // concurrent; 0: no limit
    protocol::Rare<Elsewhere> elsewhere = {};
    // May log in and relay nothing; what runs ends.
    std::optional<Limit> refusal = {};
    // This server asking itself: nobody's bill, no line in the log, never sent elsewhere.
    bool is_probe = false;
};

}  // namespace turnpike::auth
