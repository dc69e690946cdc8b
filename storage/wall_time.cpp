// SPDX-License-Identifier: BSD-3-Clause
#include "storage/wall_time.hpp"

#include <fmt/chrono.h>

#include <charconv>

namespace turnpike::storage {

namespace {

// Takes two or four digits and what has to follow them off the front; -1 where they are not there.
int take(std::string_view& text, std::size_t digits, std::string_view one_of) {
    int number = 0;
    const std::string_view part = text.substr(0, digits);
    const auto [end, failure] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (failure != std::errc{} || end != part.data() + digits || number < 0) return -1;
    text.remove_prefix(digits);
    if (one_of.empty()) return number;
    if (text.empty() || one_of.find(text.front()) == one_of.npos) return -1;
    text.remove_prefix(1);
    return number;
}

}  // namespace

std::optional<Time> parse_wall_time(std::string_view text) {
    using namespace std::chrono;
    if (text.ends_with('Z')) text.remove_suffix(1);
    const year_month_day date{year{take(text, 4, "-")},
                              month{static_cast<unsigned>(take(text, 2, "-"))},
                              day{static_cast<unsigned>(take(text, 2, "T "))}};
    const int hour = take(text, 2, ":");
    const int minute = take(text, 2, "");
    int second = 0;
    if (text.starts_with(':')) {
        text.remove_prefix(1);
        second = take(text, 2, "");
    }
    const bool good = date.ok() && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 &&
                      second >= 0 && second < 60 && text.empty();
    if (!good || date.year() < year{1970}) return std::nullopt;
    return Time{sys_days{date} + hours{hour} + minutes{minute} + seconds{second}};
}

std::string format_wall_time(Time time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", whole);
}

}  // namespace turnpike::storage
