// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/meters.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include "bench/load/stamp.hpp"

namespace turnpike::bench {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::chrono::nanoseconds duration_of(const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
}

// The one core that this program may run on, if it is only one.
std::optional<int> own_core() {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    if (sched_getaffinity(0, sizeof cores, &cores) != 0 || CPU_COUNT(&cores) != 1) return {};
    for (int core = 0; core < CPU_SETSIZE; ++core) {
        if (CPU_ISSET(static_cast<std::size_t>(core), &cores)) return core;
    }
    return {};
}

double share(const CoreTimes& before, const CoreTimes& after) {
    const auto all = after.all - before.all;
    if (all == 0) return 0;
    return static_cast<double>(after.busy - before.busy) / static_cast<double>(all);
}

std::optional<double> share(const std::optional<CoreTimes>& before,
                            const std::optional<CoreTimes>& after) {
    if (!before || !after) return std::nullopt;
    return share(*before, *after);
}

}  // namespace

std::optional<CoreTimes> parse_core_times(std::string_view text, int core) {
    std::istringstream lines{std::string{text}};
    const std::string wanted = core < 0 ? "cpu" : fmt::format("cpu{}", core);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words{line};
        std::string name;
        words >> name;
        if (name != wanted) continue;
        // user nice system idle iowait irq softirq steal; guests are counted as users already.
        std::array<std::uint64_t, 8> ticks{};
        for (auto& each : ticks) words >> each;
        CoreTimes times;
        for (const auto each : ticks) times.all += each;
        times.busy = times.all - ticks[3] - ticks[4];
        return times;
    }
    return std::nullopt;
}

std::optional<std::uint64_t> parse_process_ticks(std::string_view text) {
    // The name stands in brackets and may hold anything, brackets too.
    const auto bracket = text.rfind(')');
    if (bracket == std::string_view::npos) return std::nullopt;
    std::istringstream words{std::string{text.substr(bracket + 1)}};
    std::string passed_over;
    for (int field = 3; field < 14; ++field) words >> passed_over;
    std::array<std::uint64_t, 4> ticks{};  // utime stime cutime cstime
    for (auto& each : ticks) words >> each;
    if (!words) return std::nullopt;
    return ticks[0] + ticks[1] + ticks[2] + ticks[3];
}

std::optional<std::uint64_t> parse_resident_kilobytes(std::string_view text) {
    constexpr std::string_view name = "VmRSS:";
    const auto at = text.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    std::istringstream words{std::string{text.substr(at + name.size())}};
    std::uint64_t kilobytes = 0;
    if (!(words >> kilobytes)) return std::nullopt;
    return kilobytes;
}

std::optional<std::uint64_t> resident_kilobytes(int pid) {
    return parse_resident_kilobytes(text_of(fmt::format("/proc/{}/status", pid)));
}

Reading take_reading(const Watch& watch) {
    Reading reading;
    const std::string cores = text_of("/proc/stat");
    reading.machine = parse_core_times(cores, -1).value_or(CoreTimes{});
    if (watch.server_core) reading.server_core = parse_core_times(cores, *watch.server_core);
    if (const auto core = own_core()) reading.own_core = parse_core_times(cores, *core);
    if (watch.server_pid) {
        const int pid = *watch.server_pid;
        reading.server_ticks = parse_process_ticks(text_of(fmt::format("/proc/{}/stat", pid)));
        reading.server_resident_kilobytes = resident_kilobytes(pid);
    }
    rusage own{};
    getrusage(RUSAGE_SELF, &own);
    reading.own = duration_of(own.ru_utime) + duration_of(own.ru_stime);
    reading.at = monotonic_now();
    return reading;
}

Usage usage_between(const Reading& before, const Reading& after) {
    Usage usage;
    usage.seconds = std::chrono::duration<double>(after.at - before.at).count();
    if (before.server_ticks && after.server_ticks) {
        usage.server_cpu_seconds = static_cast<double>(*after.server_ticks - *before.server_ticks) /
                                   static_cast<double>(sysconf(_SC_CLK_TCK));
    }
    usage.server_resident_kilobytes = after.server_resident_kilobytes;
    usage.server_core_busy = share(before.server_core, after.server_core);
    usage.machine_busy = share(before.machine, after.machine);
    if (usage.seconds > 0) {
        usage.own_cpu =
            std::chrono::duration<double>(after.own - before.own).count() / usage.seconds;
    }
    usage.own_busy = share(before.own_core, after.own_core).value_or(std::min(usage.own_cpu, 1.0));
    return usage;
}

}  // namespace turnpike::bench
