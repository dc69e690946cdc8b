// SPDX-License-Identifier: BSD-3-Clause
//
// Times as people and programs write and read them, in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/value.hpp"

namespace turnpike::storage {

// "2026-11-23T18:00:00Z", with a blank for the T, without the seconds or the Z if you like.
[[nodiscard]] std::optional<Time> parse_wall_time(std::string_view text);

// "2026-11-23T18:00:00Z"
[[nodiscard]] std::string format_wall_time(Time time);

}  // namespace turnpike::storage
