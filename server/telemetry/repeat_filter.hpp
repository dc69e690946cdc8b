// SPDX-License-Identifier: BSD-3-Clause
//
// Keeps one event from filling the log: what is said more often than its area may within a window
// is counted, and the count is said when the window is over. Every occurrence is thus either
// written or in a count.
//
// Memory is constant: there are few events, each is a literal, and a table of them is reused. Time
// comes in as a value. One thread at a time; Log holds its lock around it.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "server/telemetry/log_levels.hpp"

namespace turnpike::telemetry {

class RepeatFilter {
public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds window{5};
    static constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

    struct Key {
        Area area = Area::server;
        Level level = Level::info;
        std::string_view event;  // of a literal
        bool operator==(const Key&) const = default;
    };
    // What was left out of one window.
    struct Repeated {
        Key key;
        std::uint64_t count = 0;
        std::chrono::steady_clock::duration length{};
    };

    // Lines of one event and level in one window. Allocations come and go by the hundred in a
    // second, and an operator wants each; a row of usage that was refused is a bill, and counts in
    // no other place. All else is said when something changes, and when the tenth tells no more
    // than the first.
    [[nodiscard]] static constexpr std::uint64_t lines_max(Area area) noexcept {
        if (area == Area::usage) return no_limit;
        return area == Area::session ? 1000 : 100;
    }

    // Whether it is to be written; else it was counted.
    [[nodiscard]] bool admits(const Key& key, TimePoint now);

    // When a window ends that has a count; TimePoint::max() where none has.
    [[nodiscard]] TimePoint next_deadline() const noexcept { return deadline_; }
    // The counts of the windows that are over, each once.
    [[nodiscard]] std::vector<Repeated> on_time(TimePoint now);
    // All counts, at the end of the log.
    [[nodiscard]] std::vector<Repeated> take_all(TimePoint now);

private:
    struct Slot {
        Key key;
        TimePoint since;
        std::uint64_t admitted = 0;
        std::uint64_t left_out = 0;
    };

    [[nodiscard]] Slot* slot_of(const Key& key, TimePoint now);
    [[nodiscard]] std::vector<Repeated> take(TimePoint now, TimePoint began_by);

    std::array<Slot, 128> slots_{};
    std::size_t used_ = 0;
    TimePoint deadline_ = TimePoint::max();
};

}  // namespace turnpike::telemetry
