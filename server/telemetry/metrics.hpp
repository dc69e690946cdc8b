// SPDX-License-Identifier: BSD-3-Clause
//
// What a server knows of itself at one moment, summed over its threads: what prometheus.hpp writes
// down. A value. Nothing in it grows with the number of users, clients or allocations; lists have
// one entry for each worker, each relayed address, each limit.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/telemetry/counters.hpp"
#include "server/telemetry/histogram.hpp"
#include "server/telemetry/process.hpp"
#include "server/telemetry/tallies.hpp"

namespace turnpike::telemetry {

using WallTime = std::chrono::system_clock::time_point;

// What is said to the database.
inline constexpr std::array<std::string_view, 3> storage_operations{"lookup", "usage", "lease"};

struct StorageMetrics {
    bool connected = false;
    std::array<HistogramValues, storage_operations.size()> took{};
    double journal_fill = 0;                 // from 0 to 1
    std::uint64_t journal_rows_waiting = 0;  // for the database
};

struct WorkerMetrics {
    HistogramValues lag;  // how late its timer was
    // How long ago its last turn began; none: it has had none.
    std::optional<std::chrono::nanoseconds> last_turn_age{};
};

struct RelayPortMetrics {
    std::string address;  // one of ours
    std::uint64_t free = 0;
    std::uint64_t used = 0;
};

struct ConnectionMetrics {
    std::uint64_t tcp = 0;
    std::uint64_t tls = 0;
    std::uint64_t dtls = 0;
    std::uint64_t handshakes = 0;  // under way
};

inline constexpr std::array<std::string_view, 5> mailboxes{"datagrams", "connections", "visitors",
                                                           "dismissals", "notices"};

// How the server is run, by whoever runs it.
struct Condition {
    bool draining = false;
    bool reload_ok = true;             // the last one, or the start
    std::optional<WallTime> reloaded;  // well, for the last time
};

// Where the kernel relays.
struct EntryPointMetrics {
    std::string interface;
    std::string mode;    // xdp, tc
    std::string reason;  // why not XDP, where the interface was left to decide
};

struct Metrics {
    std::string version;
    CounterValues counters{};
    AnswerValues answers{};
    AllocationValues allocations{};
    std::vector<std::string_view> limit_names{};  // of the rows below that are in use
    LimitValues limits{};
    std::vector<WorkerMetrics> workers{};
    ConnectionMetrics connections{};
    std::vector<RelayPortMetrics> ports{};
    std::array<std::uint64_t, mailboxes.size()> mailbox_drops{};
    std::vector<EntryPointMetrics> entry_points{};
    std::optional<StorageMetrics> storage{};       // none: there is no database
    bool has_room = true;                          // for what another allocation will use
    std::optional<WallTime> certificate_expiry{};  // of the first that expires
    Condition condition{};
    ProcessMetrics process{};
};

}  // namespace turnpike::telemetry
