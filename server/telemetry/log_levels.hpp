// SPDX-License-Identifier: BSD-3-Clause
//
// How much is logged: a level for each area of the server. An event belongs to exactly one area; it
// is logged when it is at least as important as its area's level. A plain value.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace turnpike::telemetry {

enum class Level : std::uint8_t { debug, info, warning, error };

enum class Area : std::uint8_t {
    server,   // its start, its end, its workers
    config,   // reloads
    listen,   // where clients come in
    auth,     // who gets in, and who does not
    session,  // allocations made, moved and ended
    storage,  // the database
    usage,    // what was used, from the journal to the database
    tls,      // certificates and ticket keys
    peer,     // what the relay speaks to
    admin,    // the operator's interface
    xdp,      // relaying in the kernel
};

// By the value of Area; configuration and interfaces name areas so.
inline constexpr std::array<std::string_view, 11> area_names{"server",  "config",  "listen", "auth",
                                                             "session", "storage", "usage",  "tls",
                                                             "peer",    "admin",   "xdp"};
static_assert(area_names.size() == static_cast<std::size_t>(Area::xdp) + 1);

[[nodiscard]] std::string_view to_string(Level level) noexcept;
[[nodiscard]] std::optional<Level> parse_level(std::string_view text) noexcept;
[[nodiscard]] std::string_view to_string(Area area) noexcept;
[[nodiscard]] std::optional<Area> parse_area(std::string_view text) noexcept;

class LogLevels {
public:
    explicit constexpr LogLevels(Level of_all = Level::info) noexcept { levels_.fill(of_all); }

    [[nodiscard]] constexpr Level of(Area area) const noexcept {
        return levels_[static_cast<std::size_t>(area)];
    }
    constexpr void set(Area area, Level level) noexcept {
        levels_[static_cast<std::size_t>(area)] = level;
    }
    bool operator==(const LogLevels&) const = default;

private:
    std::array<Level, area_names.size()> levels_{};
};

// "session=warning,storage=debug": the areas in which `after` differs, and how they are there.
[[nodiscard]] std::string differences(const LogLevels& before, const LogLevels& after);

}  // namespace turnpike::telemetry
