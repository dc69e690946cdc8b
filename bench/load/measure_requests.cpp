// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <iostream>

#include "bench/load/binding_load.hpp"
#include "bench/load/crowd.hpp"
#include "bench/load/failure.hpp"
#include "bench/load/figures.hpp"
#include "bench/load/measure.hpp"
#include "bench/load/network_namespace.hpp"
#include "bench/load/progress.hpp"
#include "bench/load/reach.hpp"
#include "bench/load/stamp.hpp"

namespace turnpike::bench {
namespace {

using protocol::Endpoint;

constexpr std::chrono::nanoseconds step = std::chrono::milliseconds{10};

void warn_of_failures(const Crowd& crowd) {
    if (crowd.failed() == 0) return;
    std::cerr << fmt::format("turnpike-bench: {} clients failed, the first with {}\n",
                             crowd.failed(), crowd.first_failure());
}

std::string_view bottleneck_of_requests(const Usage& usage, std::uint64_t failed) {
    Figures figures;
    figures.usage = usage;
    figures.sent = failed > 0 ? 1 : 0;
    return bottleneck_of(figures);
}

}  // namespace

void measure_allocate(const Settings& settings, Publisher& publisher) {
    auto result = begin_result("allocate", settings);
    need_descriptors(settings.in_flight);
    in_namespace(settings.places.client_netns, [&] {
        Crowd crowd{settings, server_of(settings.access), {}};
        Progress progress;
        const Reading before = take_reading(settings.watch);
        const auto end = before.at + settings.duration;
        while (monotonic_now() < end) {
            while (crowd.active() < settings.in_flight) crowd.start_one();
            crowd.turn(step);
            if (progress.is_due(monotonic_now())) {
                progress.say(fmt::format("{} allocations", crowd.allocated()));
            }
        }
        progress.say({});
        const Usage usage = usage_between(before, take_reading(settings.watch));
        const std::uint64_t allocated = crowd.allocated();
        while (crowd.active() > 0) crowd.turn(step);
        warn_of_failures(crowd);
        if (allocated == 0) throw BadStart{"no allocation: " + crowd.first_failure()};
        result["in_flight"] = settings.in_flight;
        result["seconds"] = usage.seconds;
        result["allocations"] = allocated;
        result["failed"] = crowd.failed();
        result["allocations_per_second"] = static_cast<double>(allocated) / usage.seconds;
        result["latency_us"] = latency_of(crowd.latency());
        add_usage(result, usage, {"cpu_us_per_allocation", allocated});
        result["bottleneck"] = bottleneck_of_requests(usage, crowd.failed());
    });
    add_labels(result, settings.output);
    publisher.publish(result);
}

void measure_binding(const Settings& settings, Publisher& publisher) {
    auto result = begin_result("binding", settings);
    in_namespace(settings.places.client_netns, [&] {
        BindingLoad load{settings, server_of(settings.access)};
        const Reading before = take_reading(settings.watch);
        load.run_until(before.at + settings.duration);
        const Usage usage = usage_between(before, take_reading(settings.watch));
        const std::uint64_t answered = load.answered();
        load.await_rest();
        if (load.answered() == 0) throw BadStart{"no answer to a Binding request"};
        const std::uint64_t lost = load.sent() - load.answered();
        result["in_flight"] = settings.in_flight;
        result["seconds"] = usage.seconds;
        result["sent"] = load.sent();
        result["delivered"] = load.answered();
        result["lost"] = lost;
        result["requests_per_second"] = static_cast<double>(answered) / usage.seconds;
        result["latency_us"] = latency_of(load.latency());
        add_usage(result, usage, {"cpu_us_per_request", answered});
        result["bottleneck"] = bottleneck_of_requests(usage, lost);
    });
    add_labels(result, settings.output);
    publisher.publish(result);
}

}  // namespace turnpike::bench
