// SPDX-License-Identifier: BSD-3-Clause
//
// What the server counts: one enum entry here and one row in counter_rows.hpp per counter, which
// the compiler compares, and nothing else to change.
//
// Each worker owns one Counters and is the only one that adds to it, with plain loads and stores
// that happen to be atomic; whoever reads sums over the workers. Label sets are constant: no user,
// address or allocation ever becomes a label.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace turnpike::telemetry {

enum class Counter : std::uint8_t {
    packets_to_peer,
    packets_to_client,
    packets_to_peer_hairpin,
    packets_to_client_hairpin,
    packets_to_peer_kernel,
    packets_to_client_kernel,
    bytes_to_peer,
    bytes_to_client,
    bytes_to_peer_hairpin,
    bytes_to_client_hairpin,
    bytes_to_peer_kernel,
    bytes_to_client_kernel,
    icmp_to_client,
    kernel_full,
    kernel_passed_fragment,
    kernel_passed_options,
    kernel_passed_malformed,
    kernel_passed_padding,
    kernel_passed_ip_checksum,
    kernel_passed_udp_checksum,
    kernel_passed_hop_limit,
    kernel_passed_too_big,
    kernel_passed_expired,
    kernel_passed_stale,
    kernel_passed_deadline,
    kernel_passed_bytes,
    kernel_passed_unrouted,
    kernel_passed_headroom,
    kernel_passed_super_packet,
    drop_malformed,
    drop_not_turn,
    drop_no_allocation,
    drop_no_channel,
    drop_no_permission,
    drop_peer_refused,
    drop_wrong_family,
    drop_too_big,
    drop_bandwidth,
    drop_bytes,
    drop_deadline,
    drop_icmp_type,
    drop_client_away,
    drop_send_failed,
    drop_slow_reader,
    drop_mailbox_full,
    drop_kernel_closed,
    drop_kernel_failed,
    drop_loop,
    drop_unauthenticated_budget,
    drop_parked_repeat,
    drop_parked_full,
    message_binding,
    message_allocate,
    message_refresh,
    message_create_permission,
    message_channel_bind,
    message_send,
    message_connect,
    message_connection_bind,
    message_other,
    error_300,
    error_400,
    error_401,
    error_403,
    error_405,
    error_420,
    error_437,
    error_438,
    error_440,
    error_441,
    error_442,
    error_443,
    error_446,
    error_447,
    error_486,
    error_500,
    error_508,
    error_other,
    unauthenticated_answers,
    allocations_made,
    allocations_ended_deleted,
    allocations_ended_expired,
    allocations_ended_deadline,
    allocations_ended_bytes,
    allocations_ended_withdrawn,
    allocations_ended_replaced,
    allocations_ended_disconnected,
    allocations_ended_shutdown,
    allocations_ended_refused,
    permissions_expired,
    channels_expired,
    allocations_moved,
    allocations_inherited,
    allocations_probed,
    allocations_unrecorded,
    allocations_by_local_quota,
    messages_parked,
    accounts_cached,
    accounts_stale,
    storage_lookups,
    storage_lookup_errors,
    storage_lease_errors,
    storage_changes,
    storage_lost,
    usage_rows,
    usage_errors,
    usage_refused,
    journal_rows,
    journal_errors,
    passed_on,
    tcp_accepted,
    tcp_refused,
    tcp_cut_idle,
    tcp_cut_malformed,
    tcp_cut_slow_reader,
    tcp_cut_proxy_header,
    tcp_cut_tls,
    tcp_closed,
    tls_full,
    tls_resumed,
    tls_refused,
    tls_timeout,
    tls_closed,
    tls_alert,
    tls_not_tls,
    tls_version,
    tls_no_shared_cipher,
    tls_no_application_protocol,
    tls_other,
    tcp_cut_handover,
    tcp_handed_over,
    drop_fragmented_hello,
    drop_no_session,
    dtls_hello_verify_requests,
    dtls_accepted,
    dtls_refused,
    dtls_handshakes,
    dtls_cut_handshake,
    dtls_cut_idle,
    dtls_replaced,
    dtls_cut_handover,
    dtls_handed_over,
    dtls_failed,
    dtls_closed,
    peer_connected,
    peer_accepted,
    peer_bound,
    peer_failed,
    peer_refused,
    peer_closed,
    peer_cut_stalled,
    peer_cut_limit,
    count  // not a counter: how many there are
};

inline constexpr std::size_t counter_count = static_cast<std::size_t>(Counter::count);

// The counter of an error response with this code.
[[nodiscard]] constexpr Counter error_counter(unsigned code) noexcept {
    switch (code) {
        case 300:
            return Counter::error_300;
        case 400:
            return Counter::error_400;
        case 401:
            return Counter::error_401;
        case 403:
            return Counter::error_403;
        case 405:
            return Counter::error_405;
        case 420:
            return Counter::error_420;
        case 437:
            return Counter::error_437;
        case 438:
            return Counter::error_438;
        case 440:
            return Counter::error_440;
        case 441:
            return Counter::error_441;
        case 442:
            return Counter::error_442;
        case 443:
            return Counter::error_443;
        case 446:
            return Counter::error_446;
        case 447:
            return Counter::error_447;
        case 486:
            return Counter::error_486;
        case 500:
            return Counter::error_500;
        case 508:
            return Counter::error_508;
        default:
            return Counter::error_other;
    }
}

using CounterValues = std::array<std::uint64_t, counter_count>;

class alignas(64) Counters {  // a cache line of its own: workers must not share one
public:
    // By the owning worker alone, hence no locked instruction.
    void add(Counter counter, std::uint64_t amount = 1) noexcept {
        auto& value = values_[static_cast<std::size_t>(counter)];
        value.store(value.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
    }

    // By any thread.
    [[nodiscard]] std::uint64_t read(Counter counter) const noexcept {
        return values_[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
    }

private:
    std::array<std::atomic<std::uint64_t>, counter_count> values_{};
};

// Over all workers, in the order of the rows.
[[nodiscard]] CounterValues sum(std::span<const Counters* const> workers) noexcept;

}  // namespace turnpike::telemetry
