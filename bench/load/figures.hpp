// SPDX-License-Identifier: BSD-3-Clause
//
// What one run of a load came to, who set its limit, and the result as the line of JSON has it.
#pragma once

#include <boost/json/object.hpp>
#include <string_view>

#include "bench/load/histogram.hpp"
#include "bench/load/meters.hpp"
#include "bench/load/settings.hpp"

namespace turnpike::bench {

struct Figures {
    double seconds = 0;
    double offered_per_second = 0;  // what was wanted; as fast as it goes: what was sent
    std::uint64_t sent = 0;
    std::uint64_t delivered = 0;
    std::uint64_t delivered_in_time = 0;  // before the sender was done
    std::uint64_t reordered = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t dropped_here = 0;  // by this program's own sockets
    Histogram latency{};
    Usage usage{};

    [[nodiscard]] std::uint64_t lost() const noexcept {
        return sent > delivered ? sent - delivered : 0;
    }
    [[nodiscard]] double loss() const noexcept {
        return sent == 0 ? 0 : static_cast<double>(lost()) / static_cast<double>(sent);
    }
    [[nodiscard]] bool held_rate() const noexcept {
        return static_cast<double>(sent) >= 0.98 * offered_per_second * seconds;
    }
};

// "server", "bench", "machine" or "none": who could do no more.
[[nodiscard]] std::string_view bottleneck_of(const Figures& figures);

// Of relay and symmetric.
[[nodiscard]] boost::json::object relay_result(const Settings& settings, const Figures& figures);

// What every result begins and ends with.
[[nodiscard]] boost::json::object begin_result(std::string_view test, const Settings& settings);
void add_usage(boost::json::object& result, const Usage& usage, std::uint64_t packets);
void add_labels(boost::json::object& result, const Output& output);

}  // namespace turnpike::bench
