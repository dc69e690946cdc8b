// SPDX-License-Identifier: BSD-3-Clause
//
// What goes into a statement and what comes out of it, the same for every database. A time is kept
// to the microsecond. Rows own what they hold.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace turnpike::storage {

using Time = std::chrono::sys_time<std::chrono::microseconds>;
[[nodiscard]] inline Time to_time(std::chrono::system_clock::time_point time) {
    return std::chrono::floor<std::chrono::microseconds>(time);
}

// Octets that are no text.
struct Blob {
    std::string octets;
    bool operator==(const Blob&) const = default;
};

using Null = std::monostate;
using Value = std::variant<Null, bool, std::int64_t, double, std::string, Blob, Time>;

// Null where there is none.
template <typename T>
[[nodiscard]] Value value_or_null(const std::optional<T>& value) {
    return value ? Value{*value} : Value{Null{}};
}

// One row of an answer. A column that is null, or of another type, or beyond the last, reads as
// none: a site's own function may leave columns out, and none of them may bring us down.
class Row {
public:
    explicit Row(std::vector<Value> values) : values_{std::move(values)} {}

    [[nodiscard]] std::optional<std::int64_t> integer(std::size_t column) const;
    [[nodiscard]] std::optional<bool> boolean(std::size_t column) const;  // also 0 and 1
    [[nodiscard]] std::optional<std::string> text(std::size_t column) const;
    [[nodiscard]] std::optional<std::string> octets(std::size_t column) const;
    [[nodiscard]] std::optional<Time> time(std::size_t column) const;  // also seconds since 1970

private:
    template <typename T>
    [[nodiscard]] const T* get(std::size_t column) const {
        return column < values_.size() ? std::get_if<T>(&values_[column]) : nullptr;
    }

    std::vector<Value> values_;
};

using Rows = std::vector<Row>;

}  // namespace turnpike::storage
