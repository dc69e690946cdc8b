// SPDX-License-Identifier: BSD-3-Clause
//
// One event as one line of text: key=value, or one JSON object. Pure: time comes in as a value.
//
// Whatever a stranger can choose (user names, realms) arrives as a string field and is escaped so
// that it can neither end the line, nor forge a second field, nor steer a terminal. Fields are
// views: they live for the call that renders them and no longer.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace turnpike::telemetry {

enum class Level : std::uint8_t { debug, info, warning, error };
enum class LogFormat : std::uint8_t { text, json };

[[nodiscard]] std::string_view to_string(Level level) noexcept;
[[nodiscard]] std::optional<Level> parse_level(std::string_view text) noexcept;

struct Field {
    using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

    Field(std::string_view name, std::convertible_to<std::string_view> auto const& text)
        : key{name}, value{std::string_view{text}} {}
    Field(std::string_view name, bool flag) : key{name}, value{flag} {}
    Field(std::string_view name, std::signed_integral auto number)
        : key{name}, value{static_cast<std::int64_t>(number)} {}
    Field(std::string_view name, std::unsigned_integral auto number)
        requires(!std::same_as<decltype(number), bool>)
        : key{name}, value{static_cast<std::uint64_t>(number)} {}
    Field(std::string_view name, std::floating_point auto number)
        : key{name}, value{static_cast<double>(number)} {}
    // A duration is written as seconds, to the millisecond; say so in the key.
    template <typename Rep, typename Period>
    Field(std::string_view name, std::chrono::duration<Rep, Period> duration)
        : key{name},
          value{
              static_cast<double>(std::chrono::round<std::chrono::milliseconds>(duration).count()) /
              1000} {}

    std::string_view key;
    Value value;
};

using Fields = std::initializer_list<Field>;

struct LogLine {
    std::chrono::system_clock::time_point time;
    Level level = Level::info;
    std::string_view event;
    Fields fields;
};

// Ends in a newline and holds no other.
[[nodiscard]] std::string render(const LogLine& line, LogFormat format);

}  // namespace turnpike::telemetry
