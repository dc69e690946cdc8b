// SPDX-License-Identifier: BSD-3-Clause
//
// What workers ask the accounts and what they are told: values that change threads.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <boost/container_hash/hash.hpp>

#include "auth/grant.hpp"
#include "auth/timed_secret.hpp"
#include "protocol/allocation_id.hpp"
#include "protocol/time.hpp"
#include "server/accounts/resolve.hpp"
#include "storage/database.hpp"
#include "storage/records.hpp"

namespace turnpike::accounts {

// Whom a request names: a user of the database, or the user and the call in a time-limited username
// that a secret may have proved.
struct Who {
    bool is_timed = false;
    std::string user;
    std::string call;  // of a timed one; may be empty
    bool operator==(const Who&) const = default;
    friend std::size_t hash_value(const Who& who) noexcept {
        std::size_t seed = boost::hash_value(who.user);
        boost::hash_combine(seed, who.call);
        boost::hash_combine(seed, who.is_timed);
        return seed;
    }
};

// What the database says of somebody.
struct Record {
    std::optional<storage::User> user;  // none: no such user, or a timed name
    CallRecords call;                   // of a timed name
    auth::Elsewhere elsewhere;

    [[nodiscard]] bool is_somebody(const Who& who) const noexcept {
        return who.is_timed || user.has_value();
    }
};

struct Inquiry {
    Who who;
    std::uint16_t from = 0;  // the worker
};

struct Finding {
    Who who;
    std::optional<Record> record;  // none: nobody could say
    bool is_old = false;           // nobody could say now; this was true before
};
// A row has changed, or a lease of another server; without a kind, anything may have.
struct Changed {
    storage::Change change;
};
// The secrets of the database, all of them.
struct Secrets {
    std::vector<auth::TimedSecret> secrets;
};
// The first media of a call was relayed, and so its time runs.
struct CallBegan {
    std::string call;
    protocol::TimePoint at;
};
// The bytes of a call have been used up.
struct CallUsedUp {
    std::string call;
};
// This allocation has given way to another one of its user.
struct Ousted {
    protocol::AllocationId allocation{};
};
using Notice = std::variant<Finding, Changed, Secrets, CallBegan, CallUsedUp, Ousted>;

}  // namespace turnpike::accounts
