// SPDX-License-Identifier: BSD-3-Clause
//
// Whether usage can be written down on this machine, and how much room there is for it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/config/config.hpp"
#include "server/doctor/account.hpp"
#include "server/doctor/finding.hpp"

namespace turnpike::doctor {

struct JournalFacts {
    bool is_used = true;       // there is a database to keep usage
    bool is_optional = false;  // the server starts where it cannot be made
    bool is_missing = false;   // the server will make it
    std::string who{};         // whom the server runs as
    std::string file{};
    std::string folder{};  // where it is, or the nearest one above that exists
    // For whom the server runs as, as errno; none: not known, or no such file yet.
    std::optional<int> folder_access{};
    std::optional<int> file_access{};
    std::uint64_t used_octets = 0;
    std::uint64_t octets_max = 0;
    std::uint64_t free_octets = 0;  // of its disk
};

[[nodiscard]] JournalFacts gather_journal(const config::Storage& storage,
                                          const std::optional<Account>& account);
[[nodiscard]] Findings judge_journal(const JournalFacts& facts);

// Of a SQLite file, by its first octets: the pages that are in use. 0 where it is none.
[[nodiscard]] std::uint64_t used_octets(std::string_view header) noexcept;
// The folder that the file is in, or else the nearest one above that exists.
[[nodiscard]] std::string existing_folder(const std::string& file);

}  // namespace turnpike::doctor
