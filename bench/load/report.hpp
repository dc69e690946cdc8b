// SPDX-License-Identifier: BSD-3-Clause
//
// Results as one page of HTML that needs nothing else: plots as SVG, a table of every result, the
// conditions under which they were had. Pure.
#pragma once

#include <boost/json/object.hpp>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace turnpike::bench {

// What was seen in one second of a run, or in one trial of a search.
struct Sample {
    double at = 0;  // seconds since the start; of a search: packets per second that were offered
    double sent_per_second = 0;
    double delivered_per_second = 0;
    double loss_percent = 0;
    double p50_us = 0;
    double p99_us = 0;
};

struct Series {
    bool is_search = false;
    std::vector<Sample> samples{};
};

struct Entry {
    boost::json::object result;
    Series series{};
};

using Conditions = std::vector<std::pair<std::string, std::string>>;

[[nodiscard]] std::string html_report(std::span<const Entry> entries, const Conditions& conditions);

// Machine, kernel, cores, time: what a reader has to know of this one.
[[nodiscard]] Conditions conditions_here(const std::string& command_line);

}  // namespace turnpike::bench
