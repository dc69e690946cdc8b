// SPDX-License-Identifier: BSD-3-Clause
#include "storage/value.hpp"

#include <cmath>

namespace turnpike::storage {

std::optional<std::int64_t> Row::integer(std::size_t column) const {
    if (const auto* value = get<std::int64_t>(column)) return *value;
    // A sum in SQLite may be one.
    if (const auto* value = get<double>(column)) {
        if (std::abs(*value) < 9.0e18) return static_cast<std::int64_t>(*value);
    }
    return std::nullopt;
}

std::optional<bool> Row::boolean(std::size_t column) const {
    if (const auto* value = get<bool>(column)) return *value;
    if (const auto* value = get<std::int64_t>(column)) return *value != 0;
    return std::nullopt;
}

std::optional<std::string> Row::text(std::size_t column) const {
    if (const auto* value = get<std::string>(column)) return *value;
    return std::nullopt;
}

std::optional<std::string> Row::octets(std::size_t column) const {
    if (const auto* value = get<Blob>(column)) return value->octets;
    return std::nullopt;
}

std::optional<Time> Row::time(std::size_t column) const {
    using Seconds = std::chrono::duration<double>;
    if (const auto* value = get<Time>(column)) return *value;
    if (const auto* value = get<std::int64_t>(column)) {
        // Beyond the year 9999 somebody means something else; "never" is null.
        if (std::abs(static_cast<double>(*value)) > 253402300800.0) return std::nullopt;
        return Time{std::chrono::seconds{*value}};
    }
    if (const auto* value = get<double>(column)) {
        if (!(std::abs(*value) <= 253402300800.0)) return std::nullopt;
        return Time{std::chrono::round<std::chrono::microseconds>(Seconds{*value})};
    }
    return std::nullopt;
}

}  // namespace turnpike::storage
