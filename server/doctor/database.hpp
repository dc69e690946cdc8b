// SPDX-License-Identifier: BSD-3-Clause
//
// Whether the database answers, has the tables of this program, and has the same idea of the time.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "server/config/config.hpp"
#include "server/doctor/account.hpp"
#include "server/doctor/finding.hpp"
#include "storage/failure.hpp"

namespace turnpike::doctor {

struct DatabaseFacts {
    bool is_used = true;
    bool is_optional = false;     // the server starts where it cannot be made
    std::string who{};            // whom the server runs as
    std::string name{};           // without a password
    bool is_missing = false;      // a file that is not there yet
    bool is_empty = false;        // a file without tables: it gets them from the server
    std::optional<int> access{};  // of a file or its folder for whom the server runs as, as errno
    std::optional<storage::Failure> failure{};
    std::optional<std::chrono::milliseconds> ahead{};  // its clock, of ours
    std::string secret{};  // the first that logins can be minted from; empty: none
};

// Connects, and waits for seconds where nobody answers. Changes nothing.
[[nodiscard]] DatabaseFacts gather_database(const config::Config& config,
                                            const std::optional<Account>& account);
[[nodiscard]] Findings judge_database(const DatabaseFacts& facts);

}  // namespace turnpike::doctor
