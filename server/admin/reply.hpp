// SPDX-License-Identifier: BSD-3-Clause
//
// Answers that routes have in common: JSON, and what to say where the server or the database does
// not answer.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "server/admin/exchange.hpp"
#include "storage/failure.hpp"
#include "storage/value.hpp"

namespace turnpike::admin {

[[nodiscard]] Answer json_answer(const boost::json::value& value, unsigned status = 200);
[[nodiscard]] Answer text_answer(std::string text, std::string type = "text/plain; charset=utf-8");

// 504: the server did not answer in time.
[[nodiscard]] Answer no_answer();
// 503: it has no database, or that is away; 409: the database refused what was asked.
[[nodiscard]] Answer no_database();
[[nodiscard]] Answer answer_of(const storage::Failure& failure);

// A time, a number or a text; null where there is none.
[[nodiscard]] boost::json::value time_json(const std::optional<storage::Time>& time);
[[nodiscard]] boost::json::value number_json(const std::optional<std::int64_t>& number);
[[nodiscard]] boost::json::value text_json(const std::optional<std::string>& text);

}  // namespace turnpike::admin
