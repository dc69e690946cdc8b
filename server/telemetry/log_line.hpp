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
#include <string>
#include <string_view>
#include <variant>

#include "server/telemetry/log_levels.hpp"

namespace turnpike::telemetry {

enum class LogFormat : std::uint8_t { text, json };

// How lines are written.
struct LogStyle {
    LogFormat format = LogFormat::text;
    bool for_journal = false;  // a priority in front, and text without the time
    bool masks_addresses = false;
};

// The name of an event: a literal, so that there are few and each lives for ever.
struct Event {
    // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to be one
    consteval Event(const char* literal) : text{literal} {}
    std::string_view text;
};

struct Field {
    // Where somebody is; of a client or a peer, not of ourselves.
    struct Address {
        std::string_view text;
    };
    using Value =
        std::variant<std::string_view, Address, std::int64_t, std::uint64_t, double, bool>;

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

    // Clients and peers are named by this, and by nothing else: it is cut where addresses are
    // masked. `text` is what Endpoint::to_string() made, or a word such as "away".
    [[nodiscard]] static Field address(std::string_view name, std::string_view text) {
        Field field{name, text};
        field.value = Address{text};
        return field;
    }

    std::string_view key;
    Value value;
};

using Fields = std::initializer_list<Field>;

struct LogLine {
    std::chrono::system_clock::time_point time;
    Level level = Level::info;
    Area area = Area::server;
    std::string_view event;
    Fields fields;
};

// Ends in a newline and holds no other.
[[nodiscard]] std::string render(const LogLine& line, LogStyle style);

}  // namespace turnpike::telemetry
