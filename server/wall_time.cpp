// SPDX-License-Identifier: BSD-3-Clause
#include "server/wall_time.hpp"

#include "server/command_line.hpp"
#include "storage/wall_time.hpp"

namespace turnpike {

std::optional<storage::Time> parse_wall_time(std::string_view text, storage::Time now) {
    if (!text.starts_with('+')) return storage::parse_wall_time(text);
    const auto duration = parse_duration(text.substr(1));
    if (!duration) return std::nullopt;
    return now + *duration;
}

std::string format_wall_time(storage::Time time) {
    return storage::format_wall_time(time);
}

}  // namespace turnpike
