// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/report.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <fstream>

#include "bench/load/json_line.hpp"
#include "bench/load/svg_plot.hpp"

namespace turnpike::bench {
namespace {

constexpr std::string_view head = R"(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>turnpike-bench</title><style>
body{font:15px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:1em 0}td,th{border:1px solid #ccc;padding:.2em .6em;text-align:left}
svg{width:100%;max-width:640px;display:block;margin:1em 0}.g{stroke:#ddd}
text{font:12px system-ui,sans-serif}.t{font-weight:bold}.y,.l{text-anchor:end}.x{text-anchor:middle}
</style></head><body><h1>turnpike-bench</h1>
)";

std::string row(std::string_view name, std::string_view value) {
    return fmt::format("<tr><th>{}</th><td>{}</td></tr>\n", html_escaped(name),
                       html_escaped(value));
}

// One row for each number or text, inner ones by their path.
std::string rows(const boost::json::object& object, const std::string& path = {}) {
    std::string out;
    for (const auto& [key, value] : object) {
        const std::string name = path + std::string{key};
        if (value.is_object()) {
            out += rows(value.get_object(), name + '.');
        } else if (value.is_string()) {
            out += row(name, value.get_string());
        } else {
            out += row(name, json_line(value));
        }
    }
    return out;
}

std::vector<double> column(const Series& series, double Sample::* member) {
    std::vector<double> values;
    for (const Sample& each : series.samples) values.push_back(each.*member);
    return values;
}

std::string plots(const Series& series) {
    const std::string_view axis = series.is_search ? "packets per second offered" : "seconds";
    const auto places = column(series, &Sample::at);
    return svg_plot({.title = "Packets per second",
                     .axis = axis,
                     .places = places,
                     .lines = {{"sent", column(series, &Sample::sent_per_second)},
                               {"delivered", column(series, &Sample::delivered_per_second)}}}) +
           svg_plot({.title = "Lost, per cent",
                     .axis = axis,
                     .places = places,
                     .lines = {{"lost", column(series, &Sample::loss_percent)}}}) +
           svg_plot({.title = "Latency, microseconds",
                     .axis = axis,
                     .places = places,
                     .lines = {{"p50", column(series, &Sample::p50_us)},
                               {"p99", column(series, &Sample::p99_us)}}});
}

std::string processor() {
    std::ifstream file{"/proc/cpuinfo"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown";
}

}  // namespace

std::string html_report(std::span<const Entry> entries, const Conditions& conditions) {
    std::string out{head};
    for (const Entry& entry : entries) {
        const auto* test = entry.result.if_contains("test");
        out +=
            fmt::format("<h2>{}</h2>\n",
                        test == nullptr ? "" : html_escaped(std::string_view{test->as_string()}));
        out += plots(entry.series) + "<table>\n" + rows(entry.result) + "</table>\n";
    }
    out += "<h2>Conditions</h2>\n<table>\n";
    for (const auto& [name, value] : conditions) out += row(name, value);
    return out + "</table>\n</body></html>\n";
}

Conditions conditions_here(const std::string& command_line) {
    utsname system{};
    uname(&system);
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    return {{"command", command_line},
            {"turnpike-bench", TURNPIKE_VERSION},
            {"time", fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(now))},
            {"kernel", fmt::format("{} {}", system.sysname, system.release)},
            {"processor", processor()},
            {"cores", std::to_string(sysconf(_SC_NPROCESSORS_ONLN))}};
}

}  // namespace turnpike::bench
