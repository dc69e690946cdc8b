// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log_line.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/locale/utf.hpp>
#include <iterator>

namespace turnpike::telemetry {
namespace {

constexpr std::array<std::string_view, 4> level_names{"debug", "info", "warning", "error"};

[[nodiscard]] bool is_plain(char octet) {
    constexpr std::string_view punctuation = "._:/@+-[]%,";
    return (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') ||
           (octet >= 'A' && octet <= 'Z') || punctuation.find(octet) != std::string_view::npos;
}

// Bytes outside printable ASCII are all escaped: terminals act on some UTF-8 characters too.
[[nodiscard]] std::string escaped(std::string_view text) {
    std::string out;
    for (const char octet : text) {
        if (octet == '"' || octet == '\\') {
            out += '\\';
            out += octet;
        } else if (octet >= ' ' && octet <= '~') {
            out += octet;
        } else {
            fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(octet));
        }
    }
    return out;
}

[[nodiscard]] std::string text_value(std::string_view text) {
    if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string{text};
    return fmt::format("\"{}\"", escaped(text));
}

[[nodiscard]] bool is_utf8(std::string_view text) {
    namespace utf = boost::locale::utf;
    for (auto position = text.begin(); position != text.end();) {
        const auto point = utf::utf_traits<char>::decode(position, text.end());
        if (point == utf::illegal || point == utf::incomplete) return false;
    }
    return true;
}

// The serializer escapes control characters and quotes but trusts that its input is UTF-8.
// Parentheses, because braces would make an array of one.
[[nodiscard]] boost::json::value json_value(std::string_view text) {
    if (is_utf8(text)) return boost::json::value(boost::json::string_view{text});
    return boost::json::value(boost::json::string_view{escaped(text)});
}

[[nodiscard]] std::string timestamp(std::chrono::system_clock::time_point time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole);
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(whole)), rest.count());
}

[[nodiscard]] std::string render_text(const LogLine& line) {
    std::string out = fmt::format("time={} level={} event={}", timestamp(line.time),
                                  to_string(line.level), text_value(line.event));
    for (const Field& field : line.fields) {
        fmt::format_to(std::back_inserter(out), " {}=", field.key);
        if (const auto* text = std::get_if<std::string_view>(&field.value)) {
            out += text_value(*text);
        } else {
            std::visit([&out](auto value) { fmt::format_to(std::back_inserter(out), "{}", value); },
                       field.value);
        }
    }
    return out;
}

[[nodiscard]] std::string render_json(const LogLine& line) {
    boost::json::object out;
    out["time"] = timestamp(line.time);
    out["level"] = boost::json::string_view{to_string(line.level)};
    out["event"] = json_value(line.event);
    for (const Field& field : line.fields) {
        auto& slot = out[boost::json::string_view{field.key}];
        if (const auto* text = std::get_if<std::string_view>(&field.value)) {
            slot = json_value(*text);
        } else {
            std::visit([&slot](auto value) { slot = value; }, field.value);
        }
    }
    return boost::json::serialize(out);
}

}  // namespace

std::string_view to_string(Level level) noexcept {
    return level_names.at(static_cast<std::size_t>(level));
}

std::optional<Level> parse_level(std::string_view text) noexcept {
    const auto* const row = std::ranges::find(level_names, text);
    if (row == level_names.end()) return std::nullopt;
    return static_cast<Level>(row - level_names.begin());
}

std::string render(const LogLine& line, LogFormat format) {
    return (format == LogFormat::json ? render_json(line) : render_text(line)) + '\n';
}

}  // namespace turnpike::telemetry
