// SPDX-License-Identifier: BSD-3-Clause
//
// Times as people write and read them, in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "storage/value.hpp"

namespace turnpike {

// "2026-11-23T18:00:00Z", with a blank for the T, without the seconds or the Z if you like; or
// "+40m": so long from now.
[[nodiscard]] std::optional<storage::Time> parse_wall_time(std::string_view text,
                                                           storage::Time now);

// "2026-11-23T18:00:00Z"
[[nodiscard]] std::string format_wall_time(storage::Time time);

}  // namespace turnpike
