// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/figures.hpp"

namespace turnpike::bench {
namespace {

constexpr double busy = 0.95;
constexpr double noticeable_loss = 0.001;

double microseconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::micro>(duration).count();
}

boost::json::object latency_of(const Histogram& latency) {
    return {{"p50", microseconds(latency.quantile(0.5))},
            {"p99", microseconds(latency.quantile(0.99))},
            {"p99.9", microseconds(latency.quantile(0.999))}};
}

// Of the server's core where that is known, else of as many cores as its process used.
std::optional<double> server_busy(const Usage& usage) {
    if (usage.server_core_busy) return usage.server_core_busy;
    if (!usage.server_cpu_seconds || usage.seconds <= 0) return std::nullopt;
    return *usage.server_cpu_seconds / usage.seconds;
}

}  // namespace

std::string_view bottleneck_of(const Figures& figures) {
    const Usage& usage = figures.usage;
    if (server_busy(usage).value_or(0) > busy) return "server";
    if (usage.own_busy > busy || !figures.held_rate()) return "bench";
    if (figures.dropped_here > 0 && figures.dropped_here * 2 >= figures.lost()) return "bench";
    if (usage.machine_busy > busy) return "machine";
    return figures.loss() > noticeable_loss ? "server" : "none";
}

boost::json::object begin_result(std::string_view test, const Settings& settings) {
    return {{"test", test},
            {"uri", settings.access.text},
            {"transport", protocol::to_string(settings.access.uri.transport)}};
}

void add_usage(boost::json::object& result, const Usage& usage, std::uint64_t packets) {
    boost::json::object server;
    if (usage.server_cpu_seconds) {
        if (packets > 0) {
            server["cpu_us_per_packet"] =
                *usage.server_cpu_seconds * 1e6 / static_cast<double>(packets);
        }
        server["cpu_seconds"] = *usage.server_cpu_seconds;
    }
    if (usage.server_resident_kilobytes) server["rss_kb"] = *usage.server_resident_kilobytes;
    if (usage.server_core_busy) server["core_busy"] = *usage.server_core_busy;
    if (!server.empty()) result["server"] = std::move(server);
    result["machine_cpu"] = usage.machine_busy;
    result["bench_cpu"] = usage.own_cpu;
}

void add_labels(boost::json::object& result, const Output& output) {
    boost::json::object labels;
    for (const auto& [key, value] : output.labels) labels[key] = value;
    result["labels"] = std::move(labels);
}

boost::json::object relay_result(const Settings& settings, const Figures& figures) {
    const Load& load = settings.load;
    auto result = begin_result(load.symmetric ? "symmetric" : "relay", settings);
    result["direction"] = to_string(load.direction);
    result["mode"] = to_string(load.mode);
    result["flows"] = load.flows;
    result["size"] = load.payload_octets;
    result["burst"] = load.burst;
    result["seconds"] = figures.seconds;
    result["offered_pps"] = figures.offered_per_second;
    result["sent"] = figures.sent;
    result["delivered"] = figures.delivered;
    result["lost"] = figures.lost();
    result["reordered"] = figures.reordered;
    result["duplicated"] = figures.duplicated;
    const double per_second =
        figures.seconds > 0 ? static_cast<double>(figures.delivered_in_time) / figures.seconds : 0;
    result["pps"] = per_second;
    result["bits_per_second"] = per_second * 8 * static_cast<double>(load.payload_octets);
    result["latency_us"] = latency_of(figures.latency);
    add_usage(result, figures.usage, figures.delivered);
    result["bottleneck"] = bottleneck_of(figures);
    add_labels(result, settings.output);
    return result;
}

}  // namespace turnpike::bench
