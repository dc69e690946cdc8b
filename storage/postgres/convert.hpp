// SPDX-License-Identifier: BSD-3-Clause
//
// Values as PostgreSQL writes and reads them: as text, in UTC and ISO dates, which every connection
// of ours asks for.
#pragma once

#include <libpq-fe.h>

#include <optional>
#include <string>
#include <string_view>

#include "storage/database.hpp"
#include "storage/value.hpp"

namespace turnpike::storage::postgres {

// None: null.
[[nodiscard]] std::optional<std::string> to_parameter(const Value& value);

[[nodiscard]] Rows to_rows(const PGresult& result);
[[nodiscard]] Value to_value(Oid type, std::string_view text);

// "2026-11-23 10:11:12.123456+00"; "infinity" and what is beyond the year 9999 is none.
[[nodiscard]] std::optional<Time> parse_time(std::string_view text);
[[nodiscard]] std::string format_time(Time time);

// What a result without rows, or the loss of a connection, means.
[[nodiscard]] Failure to_failure(const PGresult& result);

// What triggers say: kind, realm and name, a line each; the name is all that is left.
[[nodiscard]] std::optional<Change> parse_change(std::string_view payload);

}  // namespace turnpike::storage::postgres
