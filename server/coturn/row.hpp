// SPDX-License-Identifier: BSD-3-Clause
//
// The options of coturn, one row each: those that Debian's turnserver 4.6.1 knows, those of builds
// with MongoDB and Prometheus, and those of other versions that files still hold. Nothing else
// knows a name of coturn's but the file that carries its area over.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace turnpike::coturn {

// What stands behind the name.
enum class Argument : std::uint8_t {
    flag,      // nothing, or yes, no, on, off, 1, 0, true, false
    optional,  // a value that may be left out
    value,     // a value that must be there
};

// Who says what becomes of it.
enum class Area : std::uint8_t {
    always,    // so in Turnpike whatever is configured: the row says it
    no_equal,  // nothing here does that: the row says what to do instead
    nothing,   // does nothing in coturn either: the row says why
    listeners,
    relays,
    peers,
    access,
    databases,
    redirection,
    limits,
    operation,
};

struct Row {
    std::string_view name;
    Argument argument = Argument::flag;
    Area area = Area::no_equal;
    std::string_view says{};  // of an area that has no file of its own
    char letter = '\0';       // as on turnserver's command line
    bool repeats = false;     // every line counts, not the last one alone
    bool is_secret = false;   // its value is never shown
};

[[nodiscard]] std::span<const Row> rows() noexcept;

// By name, or by letter where a single dash stood in front. None where coturn has no such option.
[[nodiscard]] const Row* find_row(std::string_view name) noexcept;
[[nodiscard]] const Row* find_row(char letter) noexcept;

// The name that was probably meant.
[[nodiscard]] std::optional<std::string_view> nearest_name(std::string_view name);

// As turnserver reads yes and no. None where it would refuse to start.
[[nodiscard]] std::optional<bool> read_flag(std::string_view value) noexcept;

}  // namespace turnpike::coturn
