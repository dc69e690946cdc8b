// SPDX-License-Identifier: BSD-3-Clause
//
// What the parts of one worker have in common: its loop, its counters, its sessions, its buffers.
// Used by the worker's own thread alone.
#pragma once

#include <vector>

#include <boost/asio/io_context.hpp>

#include "server/net/receive_batch.hpp"
#include "server/relay/route_table.hpp"
#include "server/telemetry/tallies.hpp"
#include "server/worker/holdings.hpp"
#include "server/worker/live_accounts.hpp"
#include "server/worker/outbox.hpp"
#include "server/worker/peer_streams.hpp"
#include "server/worker/shared.hpp"
#include "server/worker/udp_sockets.hpp"
#include "server/worker/usage_reporter.hpp"

namespace turnpike::worker {

class KernelRelay;

struct Context {
    WorkerIndex index;
    const Shared& shared;
    telemetry::WorkerCounters& counters;
    boost::asio::io_context io{1};
    RulesSlot::Pointer rules = shared.rules.get();  // a reload puts others here, between two turns
    relay::RouteTable routes{};
    Holdings holdings{};
    PeerStreams peer_streams{};
    net::ReceiveBatch inbox{shared.packet_io};
    Outbox outbox{counters, shared.packet_io};
    UsageReporter usage{shared};
    LiveAccounts live_accounts{};
    // Whose bytes are used up: they end with the turn.
    std::vector<protocol::AllocationId> used_up{};
    KernelRelay* kernel = nullptr;  // none: it relays nothing of ours
    UdpSockets udp_sockets{};       // that serve clients in the clear
    UdpSockets dtls_sockets{};      // ... and under DTLS: one may do both

    void count(telemetry::Counter counter, std::uint64_t amount = 1) noexcept {
        counters.add(counter, amount);
    }
};

}  // namespace turnpike::worker
