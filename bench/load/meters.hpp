// SPDX-License-Identifier: BSD-3-Clause
//
// How busy the server, its core, the machine and this program were, from /proc, between two
// readings. Nothing runs in between.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "bench/load/settings.hpp"

namespace turnpike::bench {

// Time that cores have spent, in ticks of the kernel.
struct CoreTimes {
    std::uint64_t busy = 0;
    std::uint64_t all = 0;
    bool operator==(const CoreTimes&) const = default;
};

// Of /proc/stat: of one core, or of all where `core` is negative. None where it is not there.
[[nodiscard]] std::optional<CoreTimes> parse_core_times(std::string_view text, int core);
// Of /proc/PID/stat: user and system, with children that have ended. None where it is no such text.
[[nodiscard]] std::optional<std::uint64_t> parse_process_ticks(std::string_view text);
// Of /proc/PID/status: VmRSS.
[[nodiscard]] std::optional<std::uint64_t> parse_resident_kilobytes(std::string_view text);

// None where there is no such process.
[[nodiscard]] std::optional<std::uint64_t> resident_kilobytes(int pid);

struct Reading {
    std::chrono::nanoseconds at{};
    std::optional<std::uint64_t> server_ticks{};
    std::optional<std::uint64_t> server_resident_kilobytes{};
    std::optional<CoreTimes> server_core{};
    std::optional<CoreTimes> own_core{};  // where this program may run on one core only
    CoreTimes machine{};
    std::chrono::nanoseconds own{};  // time of this program's threads
};

[[nodiscard]] Reading take_reading(const Watch& watch);

// Between two readings; shares are 0..1.
struct Usage {
    double seconds = 0;
    std::optional<double> server_cpu_seconds{};
    std::optional<std::uint64_t> server_resident_kilobytes{};
    std::optional<double> server_core_busy{};
    double machine_busy = 0;
    double own_cpu = 0;   // cores that this program used
    double own_busy = 0;  // of the core that it used most, as far as that can be known
};

[[nodiscard]] Usage usage_between(const Reading& before, const Reading& after);

}  // namespace turnpike::bench
