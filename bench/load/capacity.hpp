// SPDX-License-Identifier: BSD-3-Clause
//
// From what a few calls cost to how many a machine carries, and what gives out first. Pure, but for
// the functions that look at the machine.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

namespace turnpike::bench {

// Of one call.
struct CallCost {
    double cpu_seconds = 0;  // each second
    double memory_kilobytes = 0;
    double descriptors = 0;
    double ports = 0;
};

// What there is for all of them.
struct Supply {
    double cores = 0;
    double memory_kilobytes = 0;
    double descriptors = 0;
    double ports = 0;
};

struct Capacity {
    std::uint64_t calls = 0;
    std::string_view gives_out_first;  // "core", "memory", "descriptors", "ports"
    // How many calls each would carry; what calls do not use limits nothing and has no entry.
    boost::json::object by_limit;
};

// A core is planned to be busy for at most this share: packets that come together have to wait
// for one another less then.
inline constexpr double busy_planned = 0.75;

[[nodiscard]] Capacity capacity_of(const CallCost& cost, const Supply& supply);

// MemAvailable of /proc/meminfo, "Max open files" of /proc/PID/limits.
[[nodiscard]] std::optional<std::uint64_t> parse_available_kilobytes(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> parse_descriptors_max(std::string_view text);

[[nodiscard]] double available_kilobytes();
// None where this program may not look into that process.
[[nodiscard]] std::optional<std::uint64_t> descriptors_of(int pid);
[[nodiscard]] std::optional<std::uint64_t> descriptors_max_of(int pid);

}  // namespace turnpike::bench
