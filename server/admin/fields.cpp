// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/fields.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

#include "server/telemetry/utf8.hpp"
#include "storage/wall_time.hpp"

namespace turnpike::admin {
namespace {

constexpr std::size_t text_octets_max = 512;
constexpr std::size_t name_octets_quoted = 64;

[[nodiscard]] bool is_control(char each) noexcept {
    return static_cast<unsigned char>(each) < 0x20 || each == 0x7F;
}

}  // namespace

Fields::Fields(std::string_view body, const std::vector<std::string_view>& known) {
    if (body.find_first_not_of(" \t\r\n") == body.npos) return;
    boost::system::error_code failure;
    boost::json::value parsed = boost::json::parse(body, failure);
    if (failure || !parsed.is_object()) {
        refuse("the body is no JSON object",
               failure ? "the parser says: " + failure.message() : R"(write {"field": value})");
        return;
    }
    object_ = std::move(parsed.get_object());
    for (const auto& [name, value] : object_) {
        if (std::ranges::find(known, std::string_view{name}) != known.end()) continue;
        refuse(
            fmt::format("unknown field \"{}\"", telemetry::beginning_of(name, name_octets_quoted)),
            fmt::format("known here: {}", fmt::join(known, ", ")));
    }
}

void Fields::refuse(std::string message, std::string advice) {
    if (!problem_) problem_ = bad_request(std::move(message), std::move(advice));
}

const boost::json::value* Fields::find(std::string_view name) const {
    const boost::json::value* found = object_.if_contains(name);
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Fields::required_text(std::string_view name) {
    auto value = text(name);
    if (!value) {
        refuse(fmt::format("field \"{}\" is missing", name), fmt::format("set \"{}\"", name));
    }
    return value.value_or("");
}

std::optional<std::string> Fields::text(std::string_view name) {
    const boost::json::value* found = find(name);
    if (found == nullptr) return std::nullopt;
    const boost::json::string* value = found->if_string();
    if (value == nullptr || value->empty() || value->size() > text_octets_max ||
        std::any_of(value->begin(), value->end(), is_control)) {
        refuse(fmt::format("\"{}\" is no text that can stand here", name),
               fmt::format("write 1 to {} octets of UTF-8 without control characters",
                           text_octets_max));
        return std::nullopt;
    }
    return std::string{value->begin(), value->end()};
}

std::optional<std::int64_t> Fields::integer(std::string_view name, Bounds bounds) {
    const boost::json::value* found = find(name);
    if (found == nullptr) return std::nullopt;
    boost::system::error_code failure;
    const auto value = found->is_number() ? found->to_number<std::int64_t>(failure) : 0;
    if (!found->is_number() || failure || value < bounds.min || value > bounds.max) {
        refuse(fmt::format("\"{}\" is no number that can stand here", name),
               fmt::format("write a whole number from {} to {}", bounds.min, bounds.max));
        return std::nullopt;
    }
    return value;
}

std::optional<bool> Fields::boolean(std::string_view name) {
    const boost::json::value* found = find(name);
    if (found == nullptr) return std::nullopt;
    if (!found->is_bool()) {
        refuse(fmt::format("\"{}\" is neither true nor false", name), "write true or false");
        return std::nullopt;
    }
    return found->get_bool();
}

std::map<std::string, std::string> Fields::texts(std::string_view name) {
    std::map<std::string, std::string> texts;
    const boost::json::value* found = find(name);
    if (found == nullptr) return texts;
    const auto refuse_all = [&] {
        refuse(fmt::format("\"{}\" is no object of texts", name), R"(write {"name": "text"})");
        return std::map<std::string, std::string>{};
    };
    if (!found->is_object()) return refuse_all();
    for (const auto& [key, value] : found->get_object()) {
        if (!value.is_string()) return refuse_all();
        texts.emplace(key, value.get_string());
    }
    return texts;
}

std::optional<storage::Time> Fields::time(std::string_view name) {
    const auto written = text(name);
    if (!written) return std::nullopt;
    const auto parsed = storage::parse_wall_time(*written);
    if (!parsed) {
        refuse(fmt::format("\"{}\" is no time", name), "write it as 2026-11-23T18:00:00Z, in UTC");
    }
    return parsed;
}

}  // namespace turnpike::admin
