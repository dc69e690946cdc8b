// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/area_levels.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "server/config/log_options.hpp"
#include "server/config/spelling.hpp"

namespace turnpike::config {
namespace {

// None where the node is no name of a level; then it was complained about.
[[nodiscard]] std::optional<LogLevel> read_level(const toml::key& area, const toml::node& node,
                                                 const Option& option, Complaints& complaints) {
    const auto text = node.value<std::string_view>();
    const auto* const row = std::ranges::find(log_levels, text.value_or(""));
    if (row != log_levels.end()) return static_cast<LogLevel>(row - log_levels.begin());
    const std::string wrong =
        text ? fmt::format("{} is none of", quoted(*text)) : "expected one of";
    complaints.add(node, fmt::format("{}: {}: {} {}{}", option.key, area.str(), wrong,
                                     fmt::join(log_levels, ", "),
                                     suggestion(nearest(text.value_or(""), log_levels))));
    return std::nullopt;
}

}  // namespace

std::optional<std::vector<AreaLevel>> read_area_levels(const toml::table& table,
                                                       const Option& option,
                                                       Complaints& complaints) {
    std::vector<AreaLevel> levels;
    for (const auto& [name, node] : table) {
        const std::string_view area = name.str();
        if (std::ranges::find(option.words, area) == option.words.end()) {
            complaints.add(name.source(), fmt::format("{}: {} is none of {}{}", option.key,
                                                      quoted(area), fmt::join(option.words, ", "),
                                                      suggestion(nearest(area, option.words))));
        } else if (const auto level = read_level(name, node, option, complaints)) {
            levels.push_back({std::string{area}, *level});
        }
    }
    if (levels.size() != table.size()) return std::nullopt;
    return levels;
}

std::string to_toml(const AreaLevel& level) {
    return fmt::format("{} = {}", level.area,
                       quoted(log_levels.at(static_cast<std::size_t>(level.level))));
}

}  // namespace turnpike::config
