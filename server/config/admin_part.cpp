// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/admin_part.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

namespace turnpike::config {
namespace {

// Where the next line begins that opens a section; the end where none does.
[[nodiscard]] std::size_t next_header(std::string_view text, std::size_t from) {
    for (auto end = text.find('\n', from); end != text.npos; end = text.find('\n', end + 1)) {
        const auto first = text.find_first_not_of(" \t", end + 1);
        if (first != text.npos && text[first] == '[') return end + 1;
    }
    return text.size();
}

}  // namespace

std::optional<toml::table> find_admin_part(std::string_view text) {
    std::size_t lines = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = next_header(text, begin);
        const std::string_view part = text.substr(begin, end - begin);
        auto parsed = toml::parse(std::string(lines, '\n').append(part));
        auto* admin = parsed ? parsed.table().get_as<toml::table>("admin") : nullptr;
        if (admin != nullptr) return std::move(*admin);
        lines += static_cast<std::size_t>(std::ranges::count(part, '\n'));
        begin = end;
    }
    return std::nullopt;
}

}  // namespace turnpike::config
