// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/metrics_snapshot.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "auth/limit.hpp"
#include "protocol/address.hpp"
#include "server/worker/acceleration.hpp"

namespace turnpike::worker {

namespace {

using protocol::TimePoint;
using protocol::Transport;

static_assert(auth::limit_table.size() <= telemetry::limit_kinds_max);
static_assert(telemetry::client_transports.size() == static_cast<std::size_t>(Transport::dtls) + 1);
static_assert(std::tuple_size_v<decltype(std::declval<PostOffice>().dropped())> ==
              telemetry::mailboxes.size());

// A turn may have begun since the clock was read.
std::optional<std::chrono::nanoseconds> age_of(TimePoint turn, TimePoint now) {
    if (turn == TimePoint{}) return std::nullopt;
    return std::max(now - turn, TimePoint::duration::zero());
}

void add_worker(const WorkerSource& worker, TimePoint now, telemetry::Metrics& metrics) {
    worker.counters.answers.add_to(metrics.answers);
    worker.counters.allocations.add_to(metrics.allocations);
    worker.counters.limits.add_to(metrics.limits);
    metrics.workers.push_back(
        {.lag = worker.counters.lag.read(), .last_turn_age = age_of(worker.last_turn, now)});
}

telemetry::ConnectionMetrics connections_of(const MetricsSources& sources) {
    // Read first: a connection that comes meanwhile must not make the rest less than nothing.
    const std::size_t secured = sources.connections.held_secured();
    const std::size_t all = std::max(sources.connections.held(), secured);
    return {.tcp = all - secured,
            .tls = secured,
            .dtls = sources.associations.held(),
            .handshakes = sources.handshakes.held()};
}

std::vector<telemetry::RelayPortMetrics> ports_of(const RelayDirectory& directory) {
    std::vector<telemetry::RelayPortMetrics> all;
    for (const auto& [address, free, used] : directory.ports()) {
        all.push_back({.address = address.to_string(), .free = free, .used = used});
    }
    return all;
}

}  // namespace

telemetry::Metrics take_metrics(const MetricsSources& sources,
                                std::span<const WorkerSource> workers, TimePoint now) {
    telemetry::Metrics metrics{.version = TURNPIKE_VERSION};
    std::vector<const telemetry::Counters*> counters = sources.books.counters();
    for (const WorkerSource& each : workers) {
        counters.push_back(&each.counters);
        add_worker(each, now, metrics);
    }
    metrics.counters = telemetry::sum(counters);
    for (const auth::LimitRow& row : auth::limit_table) metrics.limit_names.push_back(row.name);
    metrics.connections = connections_of(sources);
    metrics.ports = ports_of(sources.directory);
    if (sources.acceleration != nullptr) {
        metrics.entry_points = sources.acceleration->entry_points().metrics();
    }
    metrics.mailbox_drops = sources.post_office.dropped();
    metrics.storage = sources.books.metrics();
    metrics.has_room = sources.books.has_room();
    if (const auto contexts = sources.tls.get()) metrics.certificate_expiry = contexts->expiry();
    metrics.process = telemetry::read_process();
    return metrics;
}

}  // namespace turnpike::worker
