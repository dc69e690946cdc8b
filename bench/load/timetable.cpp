// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/timetable.hpp"

#include <algorithm>

namespace turnpike::bench {
namespace {

// Steps of the golden ratio fall evenly over an interval, however many there are.
std::chrono::nanoseconds phase(std::uint32_t lane, std::chrono::nanoseconds interval) {
    constexpr std::uint32_t golden = 2'654'435'769;
    const auto part = static_cast<double>(lane * golden) / 4'294'967'296.0;
    return std::chrono::nanoseconds{
        static_cast<std::int64_t>(part * static_cast<double>(interval.count()))};
}

}  // namespace

Timetable::Timetable(std::vector<StreamShape> shapes, std::chrono::nanoseconds start)
    : shapes_{std::move(shapes)} {
    for (std::uint32_t lane = 0; lane < shapes_.size(); ++lane) {
        // Key frames do not fall together either.
        const std::uint64_t number =
            shapes_[lane].key_every == 0 ? 0 : lane * std::uint64_t{37} % shapes_[lane].key_every;
        turns_.push_back({start + phase(lane, shapes_[lane].interval), lane, number});
    }
    std::ranges::make_heap(turns_, Later{});
}

std::optional<Timetable::Due> Timetable::take(std::chrono::nanoseconds now) {
    if (turns_.empty() || turns_.front().at > now) return std::nullopt;
    std::ranges::pop_heap(turns_, Later{});
    Turn& turn = turns_.back();
    const StreamShape& shape = shapes_[turn.lane];
    const bool is_key = shape.key_every > 0 && turn.number % shape.key_every == 0;
    const Due due{turn.lane, is_key ? shape.key_packets : shape.packets};
    turn.at += shape.interval;
    ++turn.number;
    std::ranges::push_heap(turns_, Later{});
    return due;
}

std::chrono::nanoseconds Timetable::next_due() const noexcept {
    return turns_.empty() ? std::chrono::nanoseconds::max() : turns_.front().at;
}

}  // namespace turnpike::bench
