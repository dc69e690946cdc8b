// SPDX-License-Identifier: BSD-3-Clause
//
// What a user may, from all that bears on it: the user's own row, the call's, the realm's, and the
// configuration. A pure function of records and time.
//
// Where several say something of the same, the user's word counts before the realm's and the
// realm's before the configuration's; what the call says counts beside it, and then the strictest.
// Time is what all of them leave: the earliest end.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "auth/credential.hpp"
#include "auth/grant.hpp"
#include "protocol/time.hpp"
#include "storage/records.hpp"

namespace turnpike::accounts {

// What counts where nobody says anything else. 0: no limit.
struct Defaults {
    std::string realm;                  // prepared
    std::uint64_t bytes = 0;            // of one allocation
    std::uint64_t bits_per_second = 0;  // of one allocation
    std::uint32_t allocations = 0;      // of one user
};

// The credential of a row: its keys, derived here where the site hands out a password. None where
// it has neither, which nobody can log in with.
[[nodiscard]] std::optional<auth::Credential> resolve(const storage::User& user,
                                                      const std::string& username,
                                                      const Defaults& defaults,
                                                      protocol::Moment now);

// Of somebody whose login is proved otherwise (a time-limited username, a token): what their call,
// if it has a row, and their realm leave of `grant`.
struct CallRecords {
    std::optional<storage::Call> call;
    storage::Realm realm;
};
[[nodiscard]] auth::Grant resolve(auth::Grant grant, const CallRecords& records,
                                  protocol::Moment now);

// Deadlines live on the monotonic clock; rows on the wall's.
[[nodiscard]] protocol::TimePoint to_steady(storage::Time time, protocol::Moment now) noexcept;

}  // namespace turnpike::accounts
