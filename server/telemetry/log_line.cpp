// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log_line.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <optional>
#include <type_traits>

#include "server/telemetry/masked_address.hpp"
#include "server/telemetry/utf8.hpp"

namespace turnpike::telemetry {
namespace {

// The priorities of syslog, which the journal reads from "<N>" at the start of a line.
constexpr std::array<std::string_view, 4> priorities{"<7>", "<6>", "<4>", "<3>"};

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

// The serializer escapes control characters and quotes.
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

// The text of a field that holds text; none where it holds something else.
[[nodiscard]] std::optional<std::string> text_of(const Field& field, LogStyle style) {
    if (const auto* text = std::get_if<std::string_view>(&field.value)) return std::string{*text};
    if (const auto* address = std::get_if<Field::Address>(&field.value)) {
        return style.masks_addresses ? masked_address(address->text) : std::string{address->text};
    }
    return std::nullopt;
}

// Hands the number or flag of a field that holds no text to `take`.
void visit_plain(const Field& field, auto take) {
    std::visit(
        [&take](const auto& value) {
            if constexpr (std::is_arithmetic_v<std::remove_cvref_t<decltype(value)>>) take(value);
        },
        field.value);
}

[[nodiscard]] std::string render_text(const LogLine& line, LogStyle style) {
    std::string out;
    if (!style.for_journal) out = fmt::format("time={} ", timestamp(line.time));
    fmt::format_to(std::back_inserter(out), "level={} area={} event={}", to_string(line.level),
                   to_string(line.area), text_value(line.event));
    for (const Field& field : line.fields) {
        fmt::format_to(std::back_inserter(out), " {}=", field.key);
        if (const auto text = text_of(field, style)) {
            out += text_value(*text);
        } else {
            visit_plain(field, [&out](auto value) {
                fmt::format_to(std::back_inserter(out), "{}", value);
            });
        }
    }
    return out;
}

[[nodiscard]] std::string render_json(const LogLine& line, LogStyle style) {
    boost::json::object out;
    out["time"] = timestamp(line.time);
    out["level"] = boost::json::string_view{to_string(line.level)};
    out["area"] = boost::json::string_view{to_string(line.area)};
    out["event"] = json_value(line.event);
    for (const Field& field : line.fields) {
        auto& slot = out[boost::json::string_view{field.key}];
        if (const auto text = text_of(field, style)) {
            slot = json_value(*text);
        } else {
            visit_plain(field, [&slot](auto value) { slot = value; });
        }
    }
    return boost::json::serialize(out);
}

}  // namespace

std::string render(const LogLine& line, LogStyle style) {
    std::string out;
    if (style.for_journal) out = priorities.at(static_cast<std::size_t>(line.level));
    out += style.format == LogFormat::json ? render_json(line, style) : render_text(line, style);
    return out + '\n';
}

}  // namespace turnpike::telemetry
