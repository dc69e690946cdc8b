// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/prometheus.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "server/telemetry/counter_rows.hpp"
#include "server/telemetry/exposition.hpp"

namespace turnpike::telemetry {

namespace {

using enum MetricType;

double to_timestamp(WallTime time) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
    return std::chrono::duration<double>(since).count();
}

std::uint64_t as_number(bool is) noexcept {
    return is ? 1 : 0;
}

// The rows of a family need not stand together in the table.
void write_counters(const CounterValues& values, Exposition& out) {
    for (std::size_t first = 0; first < counter_rows.size(); ++first) {
        const CounterRow& row = counter_rows[first];
        const auto* const known = std::ranges::find(counter_rows, row.name, &CounterRow::name);
        if (known != &row) continue;
        out.begin({row.name, counter, row.help});
        for (std::size_t index = first; index < counter_rows.size(); ++index) {
            const CounterRow& each = counter_rows[index];
            if (each.name == row.name) out.sample(each.label, values[index]);
        }
    }
}

void write_answers(const AnswerValues& values, Exposition& out) {
    out.begin({"turnpike_requests_total", counter,
               "Requests that were answered, by method and code; 200 is success"});
    for (std::size_t method = 0; method < values.size(); ++method) {
        for (std::size_t code = 0; code < values[method].size(); ++code) {
            out.sample(labels({{"method", request_methods[method]}, {"code", answer_codes[code]}}),
                       values[method][code]);
        }
    }
}

void write_allocations(const AllocationValues& values, Exposition& out) {
    out.begin({"turnpike_allocations", gauge,
               "Allocations that live, by the transport of the client and the family of the "
               "relayed addresses"});
    for (std::size_t transport = 0; transport < values.size(); ++transport) {
        for (std::size_t family = 0; family < values[transport].size(); ++family) {
            out.sample(labels({{"transport", client_transports[transport]},
                               {"family", relay_families[family]}}),
                       values[transport][family]);
        }
    }
}

void write_limits(const Metrics& metrics, Exposition& out) {
    out.begin({"turnpike_limits_hit_total", counter,
               "Requests refused and allocations ended by a limit, by limit and effect"});
    for (std::size_t limit = 0; limit < metrics.limit_names.size(); ++limit) {
        for (std::size_t effect = 0; effect < limit_effects.size(); ++effect) {
            out.sample(
                labels({{"limit", metrics.limit_names[limit]}, {"effect", limit_effects[effect]}}),
                metrics.limits[limit][effect]);
        }
    }
}

void write_connections(const ConnectionMetrics& open, Exposition& out) {
    out.begin(
        {"turnpike_connections", gauge, "Connections of clients that are open, by transport"});
    out.sample(labels({{"transport", "tcp"}}), open.tcp);
    out.sample(labels({{"transport", "tls"}}), open.tls);
    out.sample(labels({{"transport", "dtls"}}), open.dtls);
    out.single({"turnpike_handshakes_in_progress", gauge, "TLS and DTLS handshakes under way"},
               open.handshakes);
}

void write_entry_points(const std::vector<EntryPointMetrics>& entry_points, Exposition& out) {
    out.begin({"turnpike_kernel_entry_point_info", gauge,
               "1 for each interface by which the kernel relays, with how, and why not by XDP"});
    for (const EntryPointMetrics& each : entry_points) {
        out.sample(
            labels({{"interface", each.interface}, {"mode", each.mode}, {"reason", each.reason}}),
            std::uint64_t{1});
    }
}

void write_ports(const std::vector<RelayPortMetrics>& ports, Exposition& out) {
    out.begin({"turnpike_relay_ports_free", gauge,
               "Ports that relays may still be opened on, by address of this server"});
    for (const RelayPortMetrics& each : ports) {
        out.sample(labels({{"address", each.address}}), each.free);
    }
    out.begin({"turnpike_relay_ports_used", gauge,
               "Ports that relays hold or are reserved, by address of this server"});
    for (const RelayPortMetrics& each : ports) {
        out.sample(labels({{"address", each.address}}), each.used);
    }
}

void write_workers(const Metrics& metrics, Exposition& out) {
    out.begin({"turnpike_mailbox_dropped_total", counter,
               "Messages between threads dropped because a mailbox was full, by mailbox"});
    for (std::size_t index = 0; index < mailboxes.size(); ++index) {
        out.sample(labels({{"mailbox", mailboxes[index]}}), metrics.mailbox_drops[index]);
    }
    const auto name = [](std::size_t worker) {
        return labels({{"worker", fmt::to_string(worker)}});
    };
    out.begin({"turnpike_worker_lag_seconds", histogram,
               "How late the timer of a worker was, which is due each second at least"});
    for (std::size_t worker = 0; worker < metrics.workers.size(); ++worker) {
        out.sample(name(worker), metrics.workers[worker].lag);
    }
    out.begin({"turnpike_worker_last_turn_age_seconds", gauge,
               "How long ago a worker last began to do something, which it does each second"});
    for (std::size_t worker = 0; worker < metrics.workers.size(); ++worker) {
        const auto& age = metrics.workers[worker].last_turn_age;
        if (age) out.sample(name(worker), std::chrono::duration<double>(*age).count());
    }
}

void write_storage(const StorageMetrics& storage, Exposition& out) {
    out.single({"turnpike_storage_connected", gauge, "Whether the database answers"},
               as_number(storage.connected));
    out.begin({"turnpike_storage_operation_seconds", histogram,
               "How long the database took, by operation, failed ones too"});
    for (std::size_t index = 0; index < storage_operations.size(); ++index) {
        out.sample(labels({{"operation", storage_operations[index]}}), storage.took[index]);
    }
    out.single({"turnpike_journal_fill_ratio", gauge,
                "How full the journal of usage is; from 0.9 on no new allocations are made"},
               storage.journal_fill);
    out.single({"turnpike_journal_rows_waiting", gauge,
                "Rows of usage in the journal that the database does not have yet"},
               storage.journal_rows_waiting);
}

void write_condition(const Metrics& metrics, Exposition& out) {
    const Condition& condition = metrics.condition;
    const bool has_ports =
        std::ranges::any_of(metrics.ports, [](const auto& each) { return each.free != 0; });
    out.single({"turnpike_accepting_allocations", gauge,
                "Whether new allocations are made: not draining, room in the journal, a free port"},
               as_number(!condition.draining && metrics.has_room && has_ports));
    out.single({"turnpike_draining", gauge, "Whether the server waits for its allocations to end"},
               as_number(condition.draining));
    out.single({"turnpike_config_last_reload_successful", gauge,
                "Whether the configuration was taken when it was last read"},
               as_number(condition.reload_ok));
    if (condition.reloaded) {
        out.single({"turnpike_config_last_reload_success_timestamp_seconds", gauge,
                    "When the configuration in force was read"},
                   to_timestamp(*condition.reloaded));
    }
    if (metrics.certificate_expiry) {
        out.single({"turnpike_certificate_expiry_timestamp_seconds", gauge,
                    "When the first of the certificates in force expires"},
                   to_timestamp(*metrics.certificate_expiry));
    }
}

void write_process(const ProcessMetrics& process, Exposition& out) {
    out.single({"process_cpu_seconds_total", counter, "Time that all threads ran, in seconds"},
               std::chrono::duration<double>(process.cpu).count());
    out.single({"process_resident_memory_bytes", gauge, "Memory in use, in bytes"},
               process.resident_bytes);
    out.single({"process_virtual_memory_bytes", gauge, "Address space in use, in bytes"},
               process.virtual_bytes);
    out.single({"process_open_fds", gauge, "Open descriptors"}, process.descriptors);
    out.single({"process_max_fds", gauge, "Descriptors that may be open"}, process.descriptors_max);
    out.single({"process_threads", gauge, "Threads"}, process.threads);
    out.single({"process_start_time_seconds", gauge, "When the process began, since 1970"},
               to_timestamp(process.started));
}

}  // namespace

std::string to_prometheus(const Metrics& metrics) {
    Exposition out;
    out.begin({"turnpike_build_info", gauge, "1, with the version as a label"});
    out.sample(labels({{"version", metrics.version}}), std::uint64_t{1});
    write_allocations(metrics.allocations, out);
    write_answers(metrics.answers, out);
    write_counters(metrics.counters, out);
    write_limits(metrics, out);
    write_connections(metrics.connections, out);
    write_ports(metrics.ports, out);
    write_entry_points(metrics.entry_points, out);
    write_workers(metrics, out);
    if (metrics.storage) write_storage(*metrics.storage, out);
    write_condition(metrics, out);
    write_process(metrics.process, out);
    return std::move(out).take();
}

}  // namespace turnpike::telemetry
