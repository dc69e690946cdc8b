// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/capacity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

namespace turnpike::bench {
namespace {

std::string text_of(const std::string& path) {
    std::ifstream file{path};
    return {std::istreambuf_iterator<char>{file}, {}};
}

std::optional<std::uint64_t> number_behind(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    std::istringstream words{std::string{text.substr(at + name.size())}};
    std::uint64_t number = 0;
    if (!(words >> number)) return std::nullopt;
    return number;
}

}  // namespace

Capacity capacity_of(const CallCost& cost, const Supply& supply) {
    struct Limit {
        std::string_view name;
        double needed;
        double there;
    };
    Capacity capacity;
    double fewest = HUGE_VAL;
    for (const Limit& each : {Limit{"core", cost.cpu_seconds, supply.cores * busy_planned},
                              Limit{"memory", cost.memory_kilobytes, supply.memory_kilobytes},
                              Limit{"descriptors", cost.descriptors, supply.descriptors},
                              Limit{"ports", cost.ports, supply.ports}}) {
        if (each.needed <= 0) continue;
        const double calls = std::floor(each.there / each.needed);
        capacity.by_limit[each.name] = static_cast<std::uint64_t>(std::max(calls, 0.0));
        if (calls >= fewest) continue;
        fewest = calls;
        capacity.calls = static_cast<std::uint64_t>(std::max(calls, 0.0));
        capacity.gives_out_first = each.name;
    }
    return capacity;
}

std::optional<std::uint64_t> parse_available_kilobytes(std::string_view text) {
    return number_behind(text, "MemAvailable:");
}

std::optional<std::uint64_t> parse_descriptors_max(std::string_view text) {
    return number_behind(text, "Max open files");
}

double available_kilobytes() {
    return static_cast<double>(parse_available_kilobytes(text_of("/proc/meminfo")).value_or(0));
}

std::optional<std::uint64_t> descriptors_of(int pid) {
    std::error_code error;
    const std::filesystem::directory_iterator all{fmt::format("/proc/{}/fd", pid), error};
    if (error) return std::nullopt;
    return static_cast<std::uint64_t>(std::distance(begin(all), end(all)));
}

std::optional<std::uint64_t> descriptors_max_of(int pid) {
    return parse_descriptors_max(text_of(fmt::format("/proc/{}/limits", pid)));
}

}  // namespace turnpike::bench
