// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "bench/load/capacity.hpp"
#include "bench/load/failure.hpp"
#include "bench/load/measure.hpp"
#include "bench/load/runner.hpp"
#include "bench/load/visitors.hpp"

namespace turnpike::bench {
namespace {

// A plan measures twice: shortly, to see how many calls say enough, and then these.
constexpr std::size_t probing_calls = 4;
constexpr std::chrono::nanoseconds probing = std::chrono::seconds{3};
constexpr double busy_wanted = 0.4;  // of one core, while a plan is measured
constexpr std::size_t measured_calls_max = 500;

Settings with_calls(const Settings& settings, std::size_t calls) {
    Settings changed = settings;
    changed.load.calls = calls;
    changed.load.flows = calls * settings.load.profile->parties;
    changed.load.segmentation = false;
    return changed;
}

struct CallFigures {
    Figures figures;
    std::vector<Sample> samples{};
    std::uint64_t joined = 0;
    std::uint64_t failed = 0;
    std::optional<std::uint64_t> descriptors{};  // of the server, while the calls went on
};

CallFigures run_calls(const Settings& settings, std::chrono::nanoseconds duration) {
    const Load& load = settings.load;
    Stage stage{settings};
    Runner runner{stage, settings};
    runner.warm_up();
    const double per_second = static_cast<double>(load.flows) / settings.call_seconds;
    Visitors visitors{settings, stage.peers().front().local(), per_second};
    CallFigures result;
    result.figures = runner.run(
        {.packets_per_second = load.profile->packets_per_second() * static_cast<double>(load.calls),
         .in_their_rhythm = true,
         .duration = duration});
    if (settings.watch.server_pid) result.descriptors = descriptors_of(*settings.watch.server_pid);
    visitors.stop();
    result.samples = runner.samples();
    result.joined = visitors.joined();
    result.failed = visitors.failed();
    return result;
}

double busy_of(const Usage& usage) {
    if (usage.server_core_busy) return *usage.server_core_busy;
    return usage.server_cpu_seconds.value_or(0) / usage.seconds;
}

std::size_t calls_that_say_enough(const Settings& settings) {
    const auto probe = run_calls(with_calls(settings, probing_calls), probing);
    const double each = busy_of(probe.figures.usage) / static_cast<double>(probing_calls);
    const double wanted = each > 0 ? busy_wanted / each : measured_calls_max;
    return static_cast<std::size_t>(
        std::clamp(wanted, static_cast<double>(probing_calls), double{measured_calls_max}));
}

double growth(std::optional<std::uint64_t> before, std::optional<std::uint64_t> after) {
    if (!before || !after || *after <= *before) return 0;
    return static_cast<double>(*after - *before);
}

}  // namespace

void measure_calls(const Settings& settings, Publisher& publisher) {
    const Settings changed = with_calls(settings, settings.load.calls);
    const CallFigures calls = run_calls(changed, settings.duration);
    publisher.publish(call_result(changed, calls.figures, calls.joined, calls.failed),
                      {.samples = calls.samples});
}

void measure_plan(const Settings& settings, Publisher& publisher) {
    if (!settings.watch.server_pid)
        throw BadStart{"plan needs --server-pid: what do calls cost it?"};
    const int pid = *settings.watch.server_pid;
    const std::size_t count = calls_that_say_enough(settings);
    const auto memory_before = resident_kilobytes(pid);
    const auto descriptors_before = descriptors_of(pid);
    const Settings changed = with_calls(settings, count);
    const CallFigures measured = run_calls(changed, settings.duration);
    const Usage& usage = measured.figures.usage;
    const double calls = static_cast<double>(count);
    const auto parties = static_cast<double>(settings.load.profile->parties);
    const CallCost cost{
        .cpu_seconds = busy_of(usage) / calls,
        .memory_kilobytes = growth(memory_before, usage.server_resident_kilobytes) / calls,
        .descriptors = growth(descriptors_before, measured.descriptors) / calls,
        .ports = parties};
    const double cores =
        settings.watch.server_core ? 1 : static_cast<double>(sysconf(_SC_NPROCESSORS_ONLN));
    const Supply supply{.cores = cores,
                        .memory_kilobytes = available_kilobytes(),
                        .descriptors = static_cast<double>(descriptors_max_of(pid).value_or(0)),
                        .ports = static_cast<double>(settings.relay_ports)};
    publisher.publish(plan_result(changed, measured.figures, capacity_of(cost, supply), cost),
                      {.samples = measured.samples});
}

}  // namespace turnpike::bench
