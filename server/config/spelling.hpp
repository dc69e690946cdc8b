// SPDX-License-Identifier: BSD-3-Clause
//
// What was probably meant: the nearest of several names, by the edits that lead from one to the
// other.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace turnpike::config {

// Letters inserted, removed, replaced, or swapped with their neighbour.
[[nodiscard]] std::size_t edit_distance(std::string_view from, std::string_view to);

// None where nothing is near enough to be worth saying. Views one of `names`.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view name,
                                                      std::span<const std::string_view> names);

// The same among the keys of all options; a right name in a wrong section counts as near.
[[nodiscard]] std::optional<std::string_view> nearest_key(std::string_view key);

// "; did you mean NAME?", or nothing.
[[nodiscard]] std::string suggestion(std::optional<std::string_view> name);

}  // namespace turnpike::config
