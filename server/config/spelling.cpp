// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/spelling.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "server/config/option.hpp"

namespace turnpike::config {
namespace {

// Half of a name may not be wrong: then it is another name.
[[nodiscard]] bool is_near(std::size_t distance, std::string_view name) {
    return distance <= std::max<std::size_t>(1, name.size() / 3);
}

}  // namespace

std::size_t edit_distance(std::string_view from, std::string_view to) {
    // Three rows of the usual table: one ago is needed for edits, two ago for swaps.
    std::vector<std::size_t> row(to.size() + 1);
    for (std::size_t column = 0; column <= to.size(); ++column) row[column] = column;
    std::vector<std::size_t> above = row;
    std::vector<std::size_t> two_above = row;
    for (std::size_t line = 1; line <= from.size(); ++line) {
        two_above.swap(above);
        above.swap(row);
        row[0] = line;
        for (std::size_t column = 1; column <= to.size(); ++column) {
            const std::size_t replaced = from[line - 1] == to[column - 1] ? 0 : 1;
            row[column] =
                std::min({above[column] + 1, row[column - 1] + 1, above[column - 1] + replaced});
            if (line > 1 && column > 1 && from[line - 1] == to[column - 2] &&
                from[line - 2] == to[column - 1]) {
                row[column] = std::min(row[column], two_above[column - 2] + 1);
            }
        }
    }
    return row.back();
}

std::optional<std::string_view> nearest(std::string_view name,
                                        std::span<const std::string_view> names) {
    const auto distance = [name](std::string_view other) { return edit_distance(name, other); };
    const auto best = std::ranges::min_element(names, {}, distance);
    if (best == names.end() || !is_near(distance(*best), name)) return std::nullopt;
    return *best;
}

std::optional<std::string_view> nearest_key(std::string_view key) {
    std::optional<std::string_view> best;
    std::size_t best_distance = key.size() + 1;
    for (const Option& option : options()) {
        const std::size_t whole = edit_distance(key, option.key);
        // The section counts as one edit where the name is right or nearly so.
        const std::size_t tail = edit_distance(name_of(key), name_of(option.key));
        const bool tail_near = is_near(tail, name_of(key));
        const std::size_t distance = tail_near ? std::min(whole, tail + 1) : whole;
        if ((tail_near || is_near(whole, key)) && distance < best_distance) {
            best = option.key;
            best_distance = distance;
        }
    }
    return best;
}

std::string suggestion(std::optional<std::string_view> name) {
    return name ? "; did you mean " + std::string{*name} + "?" : std::string{};
}

}  // namespace turnpike::config
