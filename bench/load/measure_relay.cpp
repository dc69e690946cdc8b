// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <functional>
#include <optional>

#include "bench/load/failure.hpp"
#include "bench/load/measure.hpp"
#include "bench/load/rate_search.hpp"
#include "bench/load/runner.hpp"
#include "bench/load/wire_runner.hpp"

namespace turnpike::bench {
namespace {

constexpr double search_first = 10'000;
constexpr std::chrono::nanoseconds trial_max = std::chrono::seconds{1};
// A rate that passed for a second may not for longer: then a little less is asked.
constexpr int confirmations_max = 6;
constexpr double step_down = 0.95;

Sample sample_of(const Figures& figures) {
    const auto microseconds = [&](double share) {
        return std::chrono::duration<double, std::micro>(figures.latency.quantile(share)).count();
    };
    return {
        .at = figures.offered_per_second,
        .sent_per_second = static_cast<double>(figures.sent) / figures.seconds,
        .delivered_per_second = static_cast<double>(figures.delivered_in_time) / figures.seconds,
        .loss_percent = figures.loss() * 100,
        .p50_us = microseconds(0.5),
        .p99_us = microseconds(0.99)};
}

using Measure = std::function<Figures(const Run&)>;

// The largest rate with next to no loss, for the whole time.
Figures search(const Measure& measure, const Settings& settings, Series& series) {
    const auto passes = [&](const Figures& figures) {
        return figures.loss() <= settings.load.loss_max && figures.held_rate();
    };
    RateSearch search{search_first};
    std::string limited_by;
    while (const auto rate = search.next()) {
        const Figures figures = measure(
            {.packets_per_second = *rate, .duration = std::min(settings.duration, trial_max)});
        const bool passed = passes(figures);
        if (!passed) limited_by = bottleneck_of(figures);
        search.tell(passed);
        series.samples.push_back(sample_of(figures));
    }
    if (search.best() == 0) throw BadStart{"no rate passes without loss, however small"};
    Figures figures;
    double rate = search.best();
    for (int attempt = 0; attempt < confirmations_max; ++attempt, rate *= step_down) {
        figures = measure({.packets_per_second = rate, .duration = settings.duration});
        series.samples.push_back(sample_of(figures));
        if (passes(figures)) break;
        limited_by = bottleneck_of(figures);
    }
    figures.limited_by = limited_by;
    std::ranges::sort(series.samples, {}, &Sample::at);
    return figures;
}

}  // namespace

void measure_relay(const Settings& settings, Publisher& publisher) {
    Stage stage{settings};
    Runner runner{stage, settings};
    std::optional<WireRunner> wire;
    if (settings.load.from_kernel) {
        wire.emplace(stage, runner, settings);
    } else {
        runner.warm_up();
    }
    const Measure measure = [&](const Run& run) { return wire ? wire->run(run) : runner.run(run); };
    if (settings.load.rate.kind == Rate::Kind::search) {
        Series series{.is_search = true};
        const Figures figures = search(measure, settings, series);
        return publisher.publish(relay_result(settings, figures), std::move(series));
    }
    const Figures figures = measure({.packets_per_second = settings.load.rate.packets_per_second,
                                     .duration = settings.duration});
    publisher.publish(relay_result(settings, figures), {.samples = runner.samples()});
}

}  // namespace turnpike::bench
