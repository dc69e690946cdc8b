// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include <functional>
#include <iostream>

#include "bench/load/crowd.hpp"
#include "bench/load/failure.hpp"
#include "bench/load/figures.hpp"
#include "bench/load/measure.hpp"
#include "bench/load/network_namespace.hpp"
#include "bench/load/progress.hpp"
#include "bench/load/reach.hpp"
#include "bench/load/stage.hpp"
#include "bench/load/stamp.hpp"

namespace turnpike::bench {
namespace {

constexpr std::chrono::nanoseconds step = std::chrono::milliseconds{10};

struct Held {
    std::size_t allocations = 0;
    std::uint64_t failed = 0;
    Usage usage{};
};

void fill(Crowd& crowd, std::size_t in_flight, std::size_t wanted) {
    Progress progress;
    std::size_t started = 0;
    while (started < wanted || crowd.active() > 0) {
        while (crowd.active() < in_flight && started < wanted) {
            crowd.start_one();
            ++started;
        }
        crowd.turn(step);
        if (progress.is_due(monotonic_now())) {
            progress.say(fmt::format("{} of {} allocations", crowd.kept(), wanted));
        }
    }
}

void empty(Crowd& crowd, std::size_t in_flight) {
    bool more = true;
    while (more || crowd.active() > 0) {
        while (more && crowd.active() < in_flight) more = crowd.release_one();
        crowd.turn(step);
    }
}

// For as long as it is to be measured; `tend` is what keeps the allocations.
Usage hold(const Settings& settings, const std::function<void()>& tend) {
    const Reading begun = take_reading(settings.watch);
    while (monotonic_now() < begun.at + settings.duration) tend();
    return usage_between(begun, take_reading(settings.watch));
}

Held hold_datagrams(const Settings& settings) {
    Held held;
    need_descriptors(settings.allocations);
    in_namespace(settings.places.client_netns, [&] {
        const protocol::Endpoint server = server_of(settings.access);
        Crowd crowd{settings, server, discarding_peer(settings.places, server)};
        fill(crowd, settings.in_flight, settings.allocations);
        held.usage = hold(settings, [&] {
            crowd.turn(step);
            crowd.keep_alive();
        });
        held.allocations = crowd.kept();
        held.failed = crowd.failed();
        if (held.failed > 0) {
            std::cerr << fmt::format("turnpike-bench: {} clients failed, the first with {}\n",
                                     held.failed, crowd.first_failure());
        }
        if (held.allocations == 0) throw BadStart{"no allocation: " + crowd.first_failure()};
        empty(crowd, settings.in_flight);
    });
    return held;
}

// Connections are made one after the other: a handshake costs both sides more than the wait.
Held hold_connections(const Settings& settings) {
    Settings changed = settings;
    changed.load.flows = settings.allocations;
    Stage stage{changed};
    Held held{.allocations = settings.allocations};
    held.usage = hold(settings, [&] {
        const timespec pause{0, step.count()};
        nanosleep(&pause, nullptr);
        stage.keep_alive(monotonic_now());
    });
    return held;
}

}  // namespace

void measure_hold(const Settings& settings, Publisher& publisher) {
    if (!settings.watch.server_pid) throw BadStart{"hold needs --server-pid, whose memory it is"};
    const int pid = *settings.watch.server_pid;
    const auto before = resident_kilobytes(pid);
    if (!before) throw BadStart{fmt::format("there is no process {}", pid)};
    const bool datagrams = settings.access.uri.transport == protocol::Transport::udp;
    const Held held = datagrams ? hold_datagrams(settings) : hold_connections(settings);
    const auto after = held.usage.server_resident_kilobytes;
    if (!after) throw BadStart{fmt::format("process {} is gone", pid)};
    auto result = begin_result("hold", settings);
    result["allocations"] = held.allocations;
    result["failed"] = held.failed;
    result["seconds"] = held.usage.seconds;
    result["rss_kb_before"] = *before;
    result["rss_kb_after"] = *after;
    result["octets_per_allocation"] = (static_cast<double>(*after) - static_cast<double>(*before)) *
                                      1024 / static_cast<double>(held.allocations);
    add_usage(result, held.usage, {});
    add_labels(result, settings.output);
    publisher.publish(result);
}

}  // namespace turnpike::bench
