// SPDX-License-Identifier: BSD-3-Clause
//
// Gathers what a running server knows of itself: sums over its workers, and what they share. It
// asks no worker and waits for none; what it locks, nobody holds for longer than it takes to move a
// message. Any thread, while everything that it refers to lives.
#pragma once

#include <span>

#include "protocol/time.hpp"
#include "server/net/tls_slot.hpp"
#include "server/telemetry/metrics.hpp"
#include "server/worker/bookkeeping.hpp"
#include "server/worker/connection_limits.hpp"
#include "server/worker/post_office.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

class Acceleration;

struct MetricsSources {
    const RelayDirectory& directory;
    const PostOffice& post_office;
    const Bookkeeping& books;
    const net::TlsSlot& tls;
    const ConnectionLimits& connections;   // of TCP, under TLS or not
    const ConnectionLimits& associations;  // of DTLS
    const ConnectionLimits& handshakes;
    const Acceleration* acceleration = nullptr;  // none: the kernel relays nothing
};

struct WorkerSource {
    const telemetry::WorkerCounters& counters;
    protocol::TimePoint last_turn;  // the epoch: it has had none
};

// All but the condition, which is for the caller to fill in. `workers` in the order of their index.
[[nodiscard]] telemetry::Metrics take_metrics(const MetricsSources& sources,
                                              std::span<const WorkerSource> workers,
                                              protocol::TimePoint now);

}  // namespace turnpike::worker
