// SPDX-License-Identifier: BSD-3-Clause
//
// Handlers of records made of handlers of rows.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "storage/database.hpp"

namespace turnpike::storage {

// Hands on a failure, or what `convert` makes of the answer.
template <typename T, typename Convert>
[[nodiscard]] Database::Handler converted(std::function<void(Result<T>)> handler, Convert convert) {
    return [handler = std::move(handler), convert](const Result<std::vector<Rows>>& answer) {
        if (!answer) return handler(answer.error());
        handler(convert(*answer));
    };
}

// Hands on a failure, or that it is done.
[[nodiscard]] inline Database::Handler done(std::function<void(Result<void>)> handler) {
    return [handler = std::move(handler)](const Result<std::vector<Rows>>& answer) {
        if (!answer) return handler(answer.error());
        handler(Result<void>{});
    };
}

// Whether the last statement yielded a row.
[[nodiscard]] inline Database::Handler found_any(std::function<void(Result<bool>)> handler) {
    return converted(std::move(handler),
                     [](const std::vector<Rows>& rows) { return !rows.back().empty(); });
}

[[nodiscard]] inline std::int64_t first_integer(const Rows& rows) {
    return rows.empty() ? 0 : rows[0].integer(0).value_or(0);
}

}  // namespace turnpike::storage
