// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace turnpike::doctor {
namespace {
constexpr std::string_view check = "configuration";
}

Findings judge_configuration(const config::Loaded& loaded, std::string_view name) {
    Findings findings;
    // What is to be done about them stands in their own words.
    for (const config::Problem& each : loaded.errors) {
        findings.push_back({.grade = Grade::problem, .check = check, .seen = each.to_string()});
    }
    for (const config::Problem& each : loaded.warnings) {
        findings.push_back({.grade = Grade::warning, .check = check, .seen = each.to_string()});
    }
    if (!loaded.ok()) return findings;
    const auto set = std::ranges::count_if(
        loaded.settings, [](const config::Setting& each) { return !each.source.empty(); });
    findings.insert(findings.begin(),
                    well(check, fmt::format("{}: good, {} options are set", name, set)));
    return findings;
}

}  // namespace turnpike::doctor
