// SPDX-License-Identifier: BSD-3-Clause
//
// The tables, as numbered scripts that are part of the program, one row of scripts for each kind of
// database. A script is applied once, in order, in a transaction, and never changes after a
// release.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "storage/failure.hpp"

namespace turnpike::storage {

struct Script {
    int number = 0;
    std::string_view name;  // "0001_accounts_calls_usage"
    std::string_view sql;
};

[[nodiscard]] std::span<const Script> postgres_scripts() noexcept;
[[nodiscard]] std::span<const Script> sqlite_scripts() noexcept;

// What this program was written for: the number of the last script.
[[nodiscard]] int schema_version() noexcept;

// Says what to do about a database that is at `found`.
[[nodiscard]] Failure wrong_schema(std::int64_t found, int wanted);

}  // namespace turnpike::storage
