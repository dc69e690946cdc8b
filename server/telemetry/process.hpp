// SPDX-License-Identifier: BSD-3-Clause
//
// What the kernel says of this process. Read from /proc/self, a file or two and a folder: for who
// scrapes, not for a worker. Any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace turnpike::telemetry {

struct ProcessMetrics {
    std::chrono::microseconds cpu{0};  // of all threads, in user and kernel space
    std::uint64_t resident_bytes = 0;
    std::uint64_t virtual_bytes = 0;
    std::uint64_t descriptors = 0;
    std::uint64_t descriptors_max = 0;
    std::uint64_t threads = 0;
    std::chrono::system_clock::time_point started{};
};

// What the kernel does not tell stays 0.
[[nodiscard]] ProcessMetrics read_process();

// The fields of /proc/self/stat that are asked for. None where this is no such line.
struct ProcessStat {
    std::uint64_t threads = 0;
    std::uint64_t started_ticks = 0;  // after the boot
};
[[nodiscard]] std::optional<ProcessStat> parse_stat(std::string_view line) noexcept;

}  // namespace turnpike::telemetry
