// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log_levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace turnpike::telemetry {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

template <typename Enum>
[[nodiscard]] std::optional<Enum> parsed(const auto& names, std::string_view text) noexcept {
    const auto* const row = std::ranges::find(names, text);
    if (row == names.end()) return std::nullopt;
    return static_cast<Enum>(row - names.begin());
}

}  // namespace

std::string_view to_string(Level level) noexcept {
    return level_names.at(static_cast<std::size_t>(level));
}

std::optional<Level> parse_level(std::string_view text) noexcept {
    return parsed<Level>(level_names, text);
}

std::string_view to_string(Area area) noexcept {
    return area_names.at(static_cast<std::size_t>(area));
}

std::optional<Area> parse_area(std::string_view text) noexcept {
    return parsed<Area>(area_names, text);
}

std::string differences(const LogLevels& before, const LogLevels& after) {
    std::string out;
    for (std::size_t index = 0; index < area_names.size(); ++index) {
        const auto area = static_cast<Area>(index);
        if (before.of(area) == after.of(area)) continue;
        fmt::format_to(std::back_inserter(out), "{}{}={}", out.empty() ? "" : ",", to_string(area),
                       to_string(after.of(area)));
    }
    return out;
}

}  // namespace turnpike::telemetry
