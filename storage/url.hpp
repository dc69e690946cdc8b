// SPDX-License-Identifier: BSD-3-Clause
//
// storage.url: which database, and where.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace turnpike::storage {

// The file behind "sqlite:FILE"; none for what PostgreSQL takes.
[[nodiscard]] inline std::optional<std::string> sqlite_path(std::string_view url) {
    constexpr std::string_view scheme = "sqlite:";
    if (!url.starts_with(scheme)) return std::nullopt;
    return std::string{url.substr(scheme.size())};
}

// For PostgreSQL a URL, or keywords with values: "host=/run/postgresql dbname=site".
[[nodiscard]] inline bool is_postgres(std::string_view url) {
    return url.starts_with("postgresql://") || url.starts_with("postgres://") ||
           url.find('=') != url.npos;
}

}  // namespace turnpike::storage
