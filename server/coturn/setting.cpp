// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/setting.hpp"

#include <algorithm>
#include <cstdint>

namespace turnpike::coturn {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

[[nodiscard]] std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// turnserver drops a quote in front, and then one at the end.
[[nodiscard]] std::string_view unquoted(std::string_view value) {
    if (!value.starts_with('"')) return value;
    value.remove_prefix(1);
    if (value.ends_with('"')) value.remove_suffix(1);
    return value;
}

[[nodiscard]] Setting read_line(std::string_view line, std::size_t number) {
    Setting setting{.line = number, .name = {}, .value = {}};
    setting.is_readable = is_utf8(line) && line.find('\0') == std::string_view::npos;
    setting.dashes = std::min<std::size_t>(line.find_first_not_of('-'), 2);
    if (setting.dashes > line.size()) setting.dashes = 0;
    line.remove_prefix(setting.dashes);
    const auto end = std::min(line.find_first_of(" =\t"), line.size());
    setting.name = line.substr(0, end);
    const auto value = line.find_first_not_of(" =\t", end);
    if (value != std::string_view::npos) setting.value = unquoted(line.substr(value));
    return setting;
}

// How many octets follow the first one of a character; none where it begins none.
[[nodiscard]] int octets_after(std::uint8_t first) noexcept {
    if (first < 0x80) return 0;
    if (first >= 0xC2 && first < 0xE0) return 1;
    if (first >= 0xE0 && first < 0xF0) return 2;
    return first >= 0xF0 && first < 0xF5 ? 3 : -1;
}

}  // namespace

Lines read_lines(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    Lines lines;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty() || line.starts_with('#')) {
            ++lines.others;
        } else {
            lines.settings.push_back(read_line(line, number));
        }
    }
    return lines;
}

bool is_utf8(std::string_view text) noexcept {
    while (!text.empty()) {
        const auto at = [text](std::size_t index) {
            return static_cast<std::uint8_t>(text[index]);
        };
        const int after = octets_after(at(0));
        const auto size = static_cast<std::size_t>(after + 1);
        if (after < 0 || size > text.size()) return false;
        for (std::size_t index = 1; index < size; ++index) {
            if ((at(index) & 0xC0U) != 0x80) return false;
        }
        // Longer than need be, a half of a surrogate pair, or beyond the last character.
        const bool is_wrong = (at(0) == 0xE0 && at(1) < 0xA0) || (at(0) == 0xED && at(1) > 0x9F) ||
                              (at(0) == 0xF0 && at(1) < 0x90) || (at(0) == 0xF4 && at(1) > 0x8F);
        if (is_wrong) return false;
        text.remove_prefix(size);
    }
    return true;
}

}  // namespace turnpike::coturn
