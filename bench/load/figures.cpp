// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/figures.hpp"

namespace turnpike::bench {
namespace {

constexpr double busy = 0.95;
constexpr double noticeable_loss = 0.001;

double microseconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::micro>(duration).count();
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
    if (figures.held_back > 0 && usage.own_busy <= busy) return "server";
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

boost::json::object latency_of(const Histogram& latency) {
    return {{"p50", microseconds(latency.quantile(0.5))},
            {"p99", microseconds(latency.quantile(0.99))},
            {"p99.9", microseconds(latency.quantile(0.999))}};
}

void add_usage(boost::json::object& result, const Usage& usage, const Work& work) {
    boost::json::object server;
    if (usage.server_cpu_seconds) {
        if (work.count > 0) {
            server[work.name] = *usage.server_cpu_seconds * 1e6 / static_cast<double>(work.count);
        }
        server["cpu_seconds"] = *usage.server_cpu_seconds;
    }
    if (usage.server_resident_kilobytes) server["rss_kb"] = *usage.server_resident_kilobytes;
    if (usage.server_core_busy) {
        server["core_busy"] = *usage.server_core_busy;
        if (work.count > 0) {
            const double seconds = *usage.server_core_busy * usage.seconds;
            server["core" + std::string{work.name.substr(work.name.find('_'))}] =
                seconds * 1e6 / static_cast<double>(work.count);
        }
    }
    if (!server.empty()) result["server"] = std::move(server);
    result["machine_cpu"] = usage.machine_busy;
    result["bench_cpu"] = usage.own_cpu;
}

void add_labels(boost::json::object& result, const Output& output) {
    boost::json::object labels;
    for (const auto& [key, value] : output.labels) labels[key] = value;
    result["labels"] = std::move(labels);
}

namespace {

void add_packets(boost::json::object& result, const Figures& figures) {
    result["seconds"] = figures.seconds;
    result["offered_pps"] = figures.offered_per_second;
    result["sent"] = figures.sent;
    result["delivered"] = figures.delivered;
    result["lost"] = figures.lost();
    result["reordered"] = figures.reordered;
    result["duplicated"] = figures.duplicated;
    result["pps"] = figures.delivered_per_second();
}

void add_end(boost::json::object& result, const Settings& settings, const Figures& figures) {
    result["latency_us"] = latency_of(figures.latency);
    add_usage(result, figures.usage, {"cpu_us_per_packet", figures.delivered});
    result["bottleneck"] = figures.limited_by.empty() ? bottleneck_of(figures) : figures.limited_by;
    add_labels(result, settings.output);
}

}  // namespace

boost::json::object relay_result(const Settings& settings, const Figures& figures) {
    const Load& load = settings.load;
    auto result = begin_result(load.symmetric ? "symmetric" : "relay", settings);
    result["direction"] = to_string(load.direction);
    result["mode"] = to_string(load.mode);
    result["flows"] = load.flows;
    result["size"] = load.payload_octets;
    result["burst"] = load.burst;
    if (load.from_kernel) result["wire"] = true;
    if (load.direct) result["direct"] = true;
    add_packets(result, figures);
    result["bits_per_second"] =
        figures.delivered_per_second() * 8 * static_cast<double>(load.payload_octets);
    add_end(result, settings, figures);
    return result;
}

boost::json::object call_result(const Settings& settings, const Figures& figures,
                                std::uint64_t joined, std::uint64_t failed) {
    auto result = begin_result("profile", settings);
    result["profile"] = settings.load.profile->name;
    result["mode"] = to_string(settings.load.mode);
    result["calls"] = settings.load.calls;
    result["flows"] = settings.load.flows;
    add_packets(result, figures);
    result["joined"] = joined;
    result["failed"] = failed;
    add_end(result, settings, figures);
    return result;
}

boost::json::object plan_result(const Settings& settings, const Figures& figures,
                                const Capacity& capacity, const CallCost& cost) {
    auto result = begin_result("plan", settings);
    result["profile"] = settings.load.profile->name;
    result["calls"] = capacity.calls;
    result["gives_out_first"] = capacity.gives_out_first;
    result["calls_by_limit"] = capacity.by_limit;
    result["calls_measured"] = settings.load.calls;
    result["core_per_call"] = cost.cpu_seconds;
    result["rss_kb_per_call"] = cost.memory_kilobytes;
    result["descriptors_per_call"] = cost.descriptors;
    add_packets(result, figures);
    add_end(result, settings, figures);
    return result;
}

}  // namespace turnpike::bench
