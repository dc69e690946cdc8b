// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>

namespace turnpike::telemetry {

namespace {

using std::chrono::microseconds;
using std::chrono::system_clock;

// proc(5): fields are numbered from 1, the second is the program's name.
constexpr std::size_t first_after_name = 3;
constexpr std::size_t threads_field = 20;
constexpr std::size_t started_field = 22;

std::string first_line(const char* path) {
    std::ifstream file{path};
    std::string line;
    std::getline(file, line);
    return line;
}

std::uint64_t number_in(std::string_view word) noexcept {
    std::uint64_t number = 0;
    (void)std::from_chars(word.data(), word.data() + word.size(), number);
    return number;
}

std::string_view take_word(std::string_view& line) noexcept {
    const std::size_t end = line.find(' ');
    const std::string_view word = line.substr(0, end);
    line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
    return word;
}

microseconds to_time(const timeval& time) noexcept {
    return std::chrono::seconds{time.tv_sec} + microseconds{time.tv_usec};
}

std::uint64_t count_descriptors() {
    std::error_code error;
    std::uint64_t count = 0;
    std::filesystem::directory_iterator each{"/proc/self/fd", error};
    for (; !error && each != std::filesystem::directory_iterator{}; each.increment(error)) ++count;
    return count == 0 ? 0 : count - 1;  // the one that reads the folder
}

// Once: a clock that is set meanwhile must not look like another start.
system_clock::time_point started_at(std::uint64_t ticks) {
    static const system_clock::time_point started = [&] {
        timespec since_boot{};
        (void)::clock_gettime(CLOCK_BOOTTIME, &since_boot);
        const auto up =
            std::chrono::seconds{since_boot.tv_sec} + std::chrono::nanoseconds{since_boot.tv_nsec};
        const std::chrono::milliseconds at{static_cast<std::int64_t>(ticks) * 1000 /
                                           ::sysconf(_SC_CLK_TCK)};
        return system_clock::now() - std::chrono::duration_cast<system_clock::duration>(up - at);
    }();
    return started;
}

}  // namespace

std::optional<ProcessStat> parse_stat(std::string_view line) noexcept {
    const std::size_t name_end = line.rfind(") ");  // a name may hold anything
    if (name_end == std::string_view::npos) return std::nullopt;
    line.remove_prefix(name_end + 2);
    ProcessStat stat;
    for (std::size_t field = first_after_name; field <= started_field; ++field) {
        if (line.empty()) return std::nullopt;
        const std::string_view word = take_word(line);
        if (field == threads_field) stat.threads = number_in(word);
        if (field == started_field) stat.started_ticks = number_in(word);
    }
    return stat;
}

ProcessMetrics read_process() {
    ProcessMetrics metrics;
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) {
        metrics.cpu = to_time(usage.ru_utime) + to_time(usage.ru_stime);
    }
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) metrics.descriptors_max = limit.rlim_cur;
    metrics.descriptors = count_descriptors();
    const std::string memory = first_line("/proc/self/statm");
    std::string_view pages{memory};
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    metrics.virtual_bytes = number_in(take_word(pages)) * page;
    metrics.resident_bytes = number_in(take_word(pages)) * page;
    if (const auto stat = parse_stat(first_line("/proc/self/stat"))) {
        metrics.threads = stat->threads;
        metrics.started = started_at(stat->started_ticks);
    }
    return metrics;
}

}  // namespace turnpike::telemetry
