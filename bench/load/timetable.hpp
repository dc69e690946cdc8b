// SPDX-License-Identifier: BSD-3-Clause
//
// Which lane sends how many packets when, where each has a rhythm of its own. Lanes of one rhythm
// begin spread over an interval, so that not all calls speak at once. Pure: times come in.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "bench/load/profile.hpp"

namespace turnpike::bench {

class Timetable {
public:
    struct Due {
        std::uint32_t lane = 0;
        std::size_t packets = 0;
        bool operator==(const Due&) const = default;
    };

    // The shape of each lane, in their order; beginning at `start`.
    Timetable(std::vector<StreamShape> shapes, std::chrono::nanoseconds start);

    // The next that is due, once; none: not yet.
    [[nodiscard]] std::optional<Due> take(std::chrono::nanoseconds now);
    [[nodiscard]] std::chrono::nanoseconds next_due() const noexcept;

private:
    struct Turn {
        std::chrono::nanoseconds at{};
        std::uint32_t lane = 0;
        std::uint64_t number = 0;  // of its turns
    };
    // What comes first stands on top.
    struct Later {
        bool operator()(const Turn& left, const Turn& right) const noexcept {
            return left.at > right.at;
        }
    };

    std::vector<StreamShape> shapes_;
    std::vector<Turn> turns_;  // a heap
};

}  // namespace turnpike::bench
