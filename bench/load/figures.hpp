// SPDX-License-Identifier: BSD-3-Clause
//
// What one run of a load came to, who set its limit, and the result as the line of JSON has it.
#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "bench/load/capacity.hpp"
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
    std::uint64_t held_back = 0;     // by streams that the server reads too slowly
    std::uint64_t dropped_here = 0;  // by this program's own sockets
    Histogram latency{};
    Usage usage{};
    std::string limited_by{};  // by what a larger rate failed; empty: none was tried

    [[nodiscard]] std::uint64_t lost() const noexcept {
        return sent > delivered ? sent - delivered : 0;
    }
    [[nodiscard]] double loss() const noexcept {
        return sent == 0 ? 0 : static_cast<double>(lost()) / static_cast<double>(sent);
    }
    [[nodiscard]] double delivered_per_second() const noexcept {
        return seconds > 0 ? static_cast<double>(delivered_in_time) / seconds : 0;
    }
    [[nodiscard]] bool held_rate() const noexcept {
        return static_cast<double>(sent) >= 0.98 * offered_per_second * seconds;
    }
};

// "server", "bench", "machine" or "none": who could do no more.
[[nodiscard]] std::string_view bottleneck_of(const Figures& figures);

// Of relay and symmetric.
[[nodiscard]] boost::json::object relay_result(const Settings& settings, const Figures& figures);

// Of profile: who joined and left meanwhile, and who could not.
[[nodiscard]] boost::json::object call_result(const Settings& settings, const Figures& figures,
                                              std::uint64_t joined, std::uint64_t failed);
[[nodiscard]] boost::json::object plan_result(const Settings& settings, const Figures& figures,
                                              const Capacity& capacity, const CallCost& cost);

// What every result begins and ends with.
[[nodiscard]] boost::json::object begin_result(std::string_view test, const Settings& settings);
// What the server's CPU was spent on: under which name a share of it stands ("cpu_..."; that of its
// core: "core_..."), and by how many.
struct Work {
    std::string_view name{};
    std::uint64_t count = 0;
};
void add_usage(boost::json::object& result, const Usage& usage, const Work& work);
// {"p50", "p99", "p99.9"} in microseconds.
[[nodiscard]] boost::json::object latency_of(const Histogram& latency);
void add_labels(boost::json::object& result, const Output& output);

}  // namespace turnpike::bench
