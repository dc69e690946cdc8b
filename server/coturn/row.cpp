// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/row.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "server/config/spelling.hpp"
#include "server/coturn/access_rows.hpp"
#include "server/coturn/network_rows.hpp"
#include "server/coturn/operation_rows.hpp"

namespace turnpike::coturn {
namespace {

// What is shorter is near to everything, what is longer to nothing.
constexpr std::size_t name_bytes_min = 3;
constexpr std::size_t name_bytes_max = 64;

template <std::size_t... Sizes>
[[nodiscard]] consteval auto joined(const std::array<Row, Sizes>&... parts) {
    std::array<Row, (Sizes + ...)> all{};
    auto* next = all.begin();
    ((next = std::copy(parts.begin(), parts.end(), next)), ...);
    std::ranges::sort(all, {}, &Row::name);
    return all;
}

constexpr auto table = joined(network_rows, access_rows, operation_rows);

static_assert(std::ranges::adjacent_find(table, {}, &Row::name) == table.end(), "a name twice");

}  // namespace

std::span<const Row> rows() noexcept {
    return table;
}

const Row* find_row(std::string_view name) noexcept {
    const auto* const row = std::ranges::lower_bound(table, name, {}, &Row::name);
    return row != table.end() && row->name == name ? row : nullptr;
}

const Row* find_row(char letter) noexcept {
    const auto* const row = std::ranges::find(table, letter, &Row::letter);
    return letter == '\0' || row == table.end() ? nullptr : row;
}

std::optional<std::string_view> nearest_name(std::string_view name) {
    if (name.size() < name_bytes_min || name.size() > name_bytes_max) return std::nullopt;
    std::vector<std::string_view> names;
    for (const Row& each : table) names.push_back(each.name);
    return config::nearest(name, names);
}

std::optional<bool> read_flag(std::string_view value) noexcept {
    if (value.empty()) return true;
    const char first = value.front();
    if (std::string_view{"0nNfF"}.find(first) != std::string_view::npos) return false;
    if (std::string_view{"123456789yYtT"}.find(first) != std::string_view::npos) return true;
    if (value == "off" || value == "OFF" || value == "Off") return false;
    if (value == "on" || value == "ON" || value == "On") return true;
    return std::nullopt;
}

}  // namespace turnpike::coturn
