// SPDX-License-Identifier: BSD-3-Clause
//
// The counters as metrics: name, labels and help of each, in the order of the enum. Rows of one
// name are one family, and have one help.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "server/telemetry/counters.hpp"

namespace turnpike::telemetry {

struct CounterRow {
    Counter counter;
    std::string_view name;   // the metric; rows of one name differ in their label
    std::string_view label;  // `key="value",...`, or empty
    std::string_view help;
};

inline constexpr std::string_view relayed_packets_help =
    "Datagrams relayed, by direction and path: through sockets, from one relayed address of this "
    "server to another, or in the kernel. One that takes the hairpin is counted each way";
inline constexpr std::string_view relayed_bytes_help =
    "Payload bytes relayed, those of TCP allocations too, by direction and path";
inline constexpr std::string_view icmp_help =
    "ICMP errors from the way to peers that clients were told of";
inline constexpr std::string_view drops_help = "Packets dropped, by reason";
inline constexpr std::string_view messages_help = "STUN requests and Send indications, by method";
inline constexpr std::string_view errors_help = "Error responses, by code";
inline constexpr std::string_view unauthenticated_help =
    "Answers sent before the sender was authenticated";
inline constexpr std::string_view made_help = "Allocations made";
inline constexpr std::string_view ended_help = "Allocations ended, by reason";
inline constexpr std::string_view routes_help =
    "Permissions and channels that expired because no client refreshed them";
inline constexpr std::string_view moved_help =
    "Allocations whose client came to another address or transport";
inline constexpr std::string_view inherited_help =
    "Allocations that this server took over from the one before it";
inline constexpr std::string_view probed_help =
    "Allocations that this server made to see whether it works; in no other count of allocations";
inline constexpr std::string_view unrecorded_help =
    "Allocations refused because the journal has no room for their usage";
inline constexpr std::string_view local_quota_help =
    "Allocations whose quota was judged without what other servers hold";
inline constexpr std::string_view parked_help = "Requests that waited for the database";
inline constexpr std::string_view cached_help =
    "Users found without waiting for the database, by how old that was";
inline constexpr std::string_view lookups_help = "Users and calls asked for in the database";
inline constexpr std::string_view storage_errors_help =
    "What the database did not do, or not in time, by operation; usage then waits in the journal";
inline constexpr std::string_view storage_changes_help =
    "Changes of users, calls, secrets and leases that the database told of";
inline constexpr std::string_view storage_lost_help = "How often the database was lost";
inline constexpr std::string_view usage_rows_help = "Rows of usage that the database took";
inline constexpr std::string_view usage_refused_help =
    "Rows of usage that the database refuses for good; the log has them";
inline constexpr std::string_view journal_rows_help = "Rows of usage written to the journal";
inline constexpr std::string_view journal_errors_help = "Failed writes to the journal";
inline constexpr std::string_view passed_on_help =
    "Messages of clients that moved, passed on to the thread that has their allocation";
inline constexpr std::string_view accepted_help = "TCP connections accepted";
inline constexpr std::string_view refused_help = "TCP connections refused at a limit";
inline constexpr std::string_view closed_help = "TCP connections ended, by reason";
inline constexpr std::string_view handshakes_help =
    "TLS and DTLS handshakes that ended, by transport and result";
inline constexpr std::string_view dtls_handed_help =
    "DTLS associations that a thread took over from the one that shook hands";
inline constexpr std::string_view peers_help =
    "Connections between TCP allocations and peers, by what happened";
inline constexpr std::string_view peers_closed_help =
    "Connections to peers that carried data and ended before their allocation, by reason";
inline constexpr std::string_view handed_help =
    "TCP connections that went on at the worker which has their allocation";

inline constexpr std::string_view hello_verify_help =
    "HelloVerifyRequests sent to DTLS clients that had shown no cookie";
inline constexpr std::string_view dtls_accepted_help =
    "DTLS associations begun by clients that returned their cookie";
inline constexpr std::string_view dtls_closed_help =
    "DTLS associations ended after or during their handshake, by reason";

inline constexpr std::string_view kernel_passed_help =
    "Packets of bound channels that the kernel handed to the server as they came, by reason";
inline constexpr std::string_view kernel_full_help =
    "Allocations and channels that the kernel had no room for, so that user space relays them";

inline constexpr std::array counter_rows{
    CounterRow{Counter::packets_to_peer, "turnpike_relayed_packets_total",
               R"(direction="to_peer",path="socket")", relayed_packets_help},
    CounterRow{Counter::packets_to_client, "turnpike_relayed_packets_total",
               R"(direction="to_client",path="socket")", relayed_packets_help},
    CounterRow{Counter::packets_to_peer_hairpin, "turnpike_relayed_packets_total",
               R"(direction="to_peer",path="hairpin")", relayed_packets_help},
    CounterRow{Counter::packets_to_client_hairpin, "turnpike_relayed_packets_total",
               R"(direction="to_client",path="hairpin")", relayed_packets_help},
    CounterRow{Counter::packets_to_peer_kernel, "turnpike_relayed_packets_total",
               R"(direction="to_peer",path="kernel")", relayed_packets_help},
    CounterRow{Counter::packets_to_client_kernel, "turnpike_relayed_packets_total",
               R"(direction="to_client",path="kernel")", relayed_packets_help},
    CounterRow{Counter::bytes_to_peer, "turnpike_relayed_bytes_total",
               R"(direction="to_peer",path="socket")", relayed_bytes_help},
    CounterRow{Counter::bytes_to_client, "turnpike_relayed_bytes_total",
               R"(direction="to_client",path="socket")", relayed_bytes_help},
    CounterRow{Counter::bytes_to_peer_hairpin, "turnpike_relayed_bytes_total",
               R"(direction="to_peer",path="hairpin")", relayed_bytes_help},
    CounterRow{Counter::bytes_to_client_hairpin, "turnpike_relayed_bytes_total",
               R"(direction="to_client",path="hairpin")", relayed_bytes_help},
    CounterRow{Counter::bytes_to_peer_kernel, "turnpike_relayed_bytes_total",
               R"(direction="to_peer",path="kernel")", relayed_bytes_help},
    CounterRow{Counter::bytes_to_client_kernel, "turnpike_relayed_bytes_total",
               R"(direction="to_client",path="kernel")", relayed_bytes_help},
    CounterRow{Counter::icmp_to_client, "turnpike_icmp_errors_total", "", icmp_help},
    CounterRow{Counter::kernel_full, "turnpike_kernel_full_total", "", kernel_full_help},
    CounterRow{Counter::kernel_passed_fragment, "turnpike_kernel_passed_total",
               R"(reason="fragment")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_options, "turnpike_kernel_passed_total",
               R"(reason="options")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_malformed, "turnpike_kernel_passed_total",
               R"(reason="malformed")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_padding, "turnpike_kernel_passed_total",
               R"(reason="padding")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_ip_checksum, "turnpike_kernel_passed_total",
               R"(reason="ip_checksum")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_udp_checksum, "turnpike_kernel_passed_total",
               R"(reason="udp_checksum")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_hop_limit, "turnpike_kernel_passed_total",
               R"(reason="hop_limit")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_too_big, "turnpike_kernel_passed_total",
               R"(reason="too_big")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_expired, "turnpike_kernel_passed_total",
               R"(reason="expired")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_stale, "turnpike_kernel_passed_total", R"(reason="stale")",
               kernel_passed_help},
    CounterRow{Counter::kernel_passed_deadline, "turnpike_kernel_passed_total",
               R"(reason="deadline")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_bytes, "turnpike_kernel_passed_total", R"(reason="bytes")",
               kernel_passed_help},
    CounterRow{Counter::kernel_passed_unrouted, "turnpike_kernel_passed_total",
               R"(reason="unrouted")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_headroom, "turnpike_kernel_passed_total",
               R"(reason="headroom")", kernel_passed_help},
    CounterRow{Counter::kernel_passed_super_packet, "turnpike_kernel_passed_total",
               R"(reason="super_packet")", kernel_passed_help},
    CounterRow{Counter::drop_malformed, "turnpike_drops_total", R"(reason="malformed")",
               drops_help},
    CounterRow{Counter::drop_not_turn, "turnpike_drops_total", R"(reason="not_turn")", drops_help},
    CounterRow{Counter::drop_no_allocation, "turnpike_drops_total", R"(reason="no_allocation")",
               drops_help},
    CounterRow{Counter::drop_no_channel, "turnpike_drops_total", R"(reason="no_channel")",
               drops_help},
    CounterRow{Counter::drop_no_permission, "turnpike_drops_total", R"(reason="no_permission")",
               drops_help},
    CounterRow{Counter::drop_peer_refused, "turnpike_drops_total", R"(reason="peer_refused")",
               drops_help},
    CounterRow{Counter::drop_wrong_family, "turnpike_drops_total", R"(reason="wrong_family")",
               drops_help},
    CounterRow{Counter::drop_too_big, "turnpike_drops_total", R"(reason="too_big")", drops_help},
    CounterRow{Counter::drop_bandwidth, "turnpike_drops_total", R"(reason="bandwidth")",
               drops_help},
    CounterRow{Counter::drop_bytes, "turnpike_drops_total", R"(reason="bytes")", drops_help},
    CounterRow{Counter::drop_deadline, "turnpike_drops_total", R"(reason="deadline")", drops_help},
    CounterRow{Counter::drop_icmp_type, "turnpike_drops_total", R"(reason="icmp_type")",
               drops_help},
    CounterRow{Counter::drop_client_away, "turnpike_drops_total", R"(reason="client_away")",
               drops_help},
    CounterRow{Counter::drop_send_failed, "turnpike_drops_total", R"(reason="send_failed")",
               drops_help},
    CounterRow{Counter::drop_slow_reader, "turnpike_drops_total", R"(reason="slow_reader")",
               drops_help},
    CounterRow{Counter::drop_mailbox_full, "turnpike_drops_total", R"(reason="mailbox_full")",
               drops_help},
    CounterRow{Counter::drop_kernel_closed, "turnpike_drops_total", R"(reason="kernel_closed")",
               drops_help},
    CounterRow{Counter::drop_kernel_failed, "turnpike_drops_total", R"(reason="kernel_failed")",
               drops_help},
    CounterRow{Counter::drop_loop, "turnpike_drops_total", R"(reason="loop")", drops_help},
    CounterRow{Counter::drop_unauthenticated_budget, "turnpike_drops_total",
               R"(reason="unauthenticated_budget")", drops_help},
    CounterRow{Counter::drop_parked_repeat, "turnpike_drops_total", R"(reason="waits_already")",
               drops_help},
    CounterRow{Counter::drop_parked_full, "turnpike_drops_total", R"(reason="too_many_wait")",
               drops_help},
    CounterRow{Counter::message_binding, "turnpike_messages_total", R"(method="binding")",
               messages_help},
    CounterRow{Counter::message_allocate, "turnpike_messages_total", R"(method="allocate")",
               messages_help},
    CounterRow{Counter::message_refresh, "turnpike_messages_total", R"(method="refresh")",
               messages_help},
    CounterRow{Counter::message_create_permission, "turnpike_messages_total",
               R"(method="create_permission")", messages_help},
    CounterRow{Counter::message_channel_bind, "turnpike_messages_total", R"(method="channel_bind")",
               messages_help},
    CounterRow{Counter::message_send, "turnpike_messages_total", R"(method="send")", messages_help},
    CounterRow{Counter::message_connect, "turnpike_messages_total", R"(method="connect")",
               messages_help},
    CounterRow{Counter::message_connection_bind, "turnpike_messages_total",
               R"(method="connection_bind")", messages_help},
    CounterRow{Counter::message_other, "turnpike_messages_total", R"(method="other")",
               messages_help},
    CounterRow{Counter::error_300, "turnpike_errors_total", R"(code="300")", errors_help},
    CounterRow{Counter::error_400, "turnpike_errors_total", R"(code="400")", errors_help},
    CounterRow{Counter::error_401, "turnpike_errors_total", R"(code="401")", errors_help},
    CounterRow{Counter::error_403, "turnpike_errors_total", R"(code="403")", errors_help},
    CounterRow{Counter::error_405, "turnpike_errors_total", R"(code="405")", errors_help},
    CounterRow{Counter::error_420, "turnpike_errors_total", R"(code="420")", errors_help},
    CounterRow{Counter::error_437, "turnpike_errors_total", R"(code="437")", errors_help},
    CounterRow{Counter::error_438, "turnpike_errors_total", R"(code="438")", errors_help},
    CounterRow{Counter::error_440, "turnpike_errors_total", R"(code="440")", errors_help},
    CounterRow{Counter::error_441, "turnpike_errors_total", R"(code="441")", errors_help},
    CounterRow{Counter::error_442, "turnpike_errors_total", R"(code="442")", errors_help},
    CounterRow{Counter::error_443, "turnpike_errors_total", R"(code="443")", errors_help},
    CounterRow{Counter::error_446, "turnpike_errors_total", R"(code="446")", errors_help},
    CounterRow{Counter::error_447, "turnpike_errors_total", R"(code="447")", errors_help},
    CounterRow{Counter::error_486, "turnpike_errors_total", R"(code="486")", errors_help},
    CounterRow{Counter::error_500, "turnpike_errors_total", R"(code="500")", errors_help},
    CounterRow{Counter::error_508, "turnpike_errors_total", R"(code="508")", errors_help},
    CounterRow{Counter::error_other, "turnpike_errors_total", R"(code="other")", errors_help},
    CounterRow{Counter::unauthenticated_answers, "turnpike_unauthenticated_answers_total", "",
               unauthenticated_help},
    CounterRow{Counter::allocations_made, "turnpike_allocations_made_total", "", made_help},
    CounterRow{Counter::allocations_ended_deleted, "turnpike_allocations_ended_total",
               R"(reason="deleted")", ended_help},
    CounterRow{Counter::allocations_ended_expired, "turnpike_allocations_ended_total",
               R"(reason="expired")", ended_help},
    CounterRow{Counter::allocations_ended_deadline, "turnpike_allocations_ended_total",
               R"(reason="deadline")", ended_help},
    CounterRow{Counter::allocations_ended_bytes, "turnpike_allocations_ended_total",
               R"(reason="bytes")", ended_help},
    CounterRow{Counter::allocations_ended_withdrawn, "turnpike_allocations_ended_total",
               R"(reason="withdrawn")", ended_help},
    CounterRow{Counter::allocations_ended_replaced, "turnpike_allocations_ended_total",
               R"(reason="replaced")", ended_help},
    CounterRow{Counter::allocations_ended_disconnected, "turnpike_allocations_ended_total",
               R"(reason="disconnected")", ended_help},
    CounterRow{Counter::allocations_ended_shutdown, "turnpike_allocations_ended_total",
               R"(reason="shutdown")", ended_help},
    CounterRow{Counter::allocations_ended_refused, "turnpike_allocations_ended_total",
               R"(reason="refused")", ended_help},
    CounterRow{Counter::permissions_expired, "turnpike_routes_expired_total",
               R"(kind="permission")", routes_help},
    CounterRow{Counter::channels_expired, "turnpike_routes_expired_total", R"(kind="channel")",
               routes_help},
    CounterRow{Counter::allocations_moved, "turnpike_allocations_moved_total", "", moved_help},
    CounterRow{Counter::allocations_inherited, "turnpike_allocations_inherited_total", "",
               inherited_help},
    CounterRow{Counter::allocations_probed, "turnpike_allocations_probed_total", "", probed_help},
    CounterRow{Counter::allocations_unrecorded, "turnpike_allocations_unrecorded_total", "",
               unrecorded_help},
    CounterRow{Counter::allocations_by_local_quota, "turnpike_allocations_local_quota_total", "",
               local_quota_help},
    CounterRow{Counter::messages_parked, "turnpike_messages_parked_total", "", parked_help},
    CounterRow{Counter::accounts_cached, "turnpike_accounts_found_total", R"(how="fresh")",
               cached_help},
    CounterRow{Counter::accounts_stale, "turnpike_accounts_found_total", R"(how="stale")",
               cached_help},
    CounterRow{Counter::storage_lookups, "turnpike_storage_lookups_total", "", lookups_help},
    CounterRow{Counter::storage_lookup_errors, "turnpike_storage_errors_total",
               R"(operation="lookup")", storage_errors_help},
    CounterRow{Counter::storage_lease_errors, "turnpike_storage_errors_total",
               R"(operation="lease")", storage_errors_help},
    CounterRow{Counter::storage_changes, "turnpike_storage_changes_total", "",
               storage_changes_help},
    CounterRow{Counter::storage_lost, "turnpike_storage_lost_total", "", storage_lost_help},
    CounterRow{Counter::usage_rows, "turnpike_usage_rows_total", "", usage_rows_help},
    CounterRow{Counter::usage_errors, "turnpike_storage_errors_total", R"(operation="usage")",
               storage_errors_help},
    CounterRow{Counter::usage_refused, "turnpike_usage_refused_total", "", usage_refused_help},
    CounterRow{Counter::journal_rows, "turnpike_journal_rows_total", "", journal_rows_help},
    CounterRow{Counter::journal_errors, "turnpike_journal_errors_total", "", journal_errors_help},
    CounterRow{Counter::passed_on, "turnpike_passed_on_total", "", passed_on_help},
    CounterRow{Counter::tcp_accepted, "turnpike_tcp_accepted_total", "", accepted_help},
    CounterRow{Counter::tcp_refused, "turnpike_tcp_refused_total", "", refused_help},
    CounterRow{Counter::tcp_cut_idle, "turnpike_tcp_closed_total", R"(reason="idle")", closed_help},
    CounterRow{Counter::tcp_cut_malformed, "turnpike_tcp_closed_total", R"(reason="malformed")",
               closed_help},
    CounterRow{Counter::tcp_cut_slow_reader, "turnpike_tcp_closed_total", R"(reason="slow_reader")",
               closed_help},
    CounterRow{Counter::tcp_cut_proxy_header, "turnpike_tcp_closed_total",
               R"(reason="proxy_header")", closed_help},
    CounterRow{Counter::tcp_cut_tls, "turnpike_tcp_closed_total", R"(reason="tls")", closed_help},
    CounterRow{Counter::tcp_closed, "turnpike_tcp_closed_total", R"(reason="peer")", closed_help},
    CounterRow{Counter::tls_full, "turnpike_handshakes_total", R"(transport="tls",result="full")",
               handshakes_help},
    CounterRow{Counter::tls_resumed, "turnpike_handshakes_total",
               R"(transport="tls",result="resumed")", handshakes_help},
    CounterRow{Counter::tls_refused, "turnpike_handshakes_total",
               R"(transport="tls",result="refused")", handshakes_help},
    CounterRow{Counter::tls_timeout, "turnpike_handshakes_total",
               R"(transport="tls",result="timeout")", handshakes_help},
    CounterRow{Counter::tls_closed, "turnpike_handshakes_total",
               R"(transport="tls",result="closed")", handshakes_help},
    CounterRow{Counter::tls_alert, "turnpike_handshakes_total", R"(transport="tls",result="alert")",
               handshakes_help},
    CounterRow{Counter::tls_not_tls, "turnpike_handshakes_total",
               R"(transport="tls",result="not_tls")", handshakes_help},
    CounterRow{Counter::tls_version, "turnpike_handshakes_total",
               R"(transport="tls",result="version")", handshakes_help},
    CounterRow{Counter::tls_no_shared_cipher, "turnpike_handshakes_total",
               R"(transport="tls",result="no_shared_cipher")", handshakes_help},
    CounterRow{Counter::tls_no_application_protocol, "turnpike_handshakes_total",
               R"(transport="tls",result="no_application_protocol")", handshakes_help},
    CounterRow{Counter::tls_other, "turnpike_handshakes_total", R"(transport="tls",result="other")",
               handshakes_help},
    CounterRow{Counter::tcp_cut_handover, "turnpike_tcp_closed_total", R"(reason="handover")",
               closed_help},
    CounterRow{Counter::tcp_handed_over, "turnpike_tcp_handed_over_total", "", handed_help},
    CounterRow{Counter::drop_fragmented_hello, "turnpike_drops_total",
               R"(reason="fragmented_hello")", drops_help},
    CounterRow{Counter::drop_no_session, "turnpike_drops_total", R"(reason="no_session")",
               drops_help},
    CounterRow{Counter::dtls_hello_verify_requests, "turnpike_dtls_hello_verify_requests_total", "",
               hello_verify_help},
    CounterRow{Counter::dtls_accepted, "turnpike_dtls_accepted_total", "", dtls_accepted_help},
    CounterRow{Counter::dtls_refused, "turnpike_handshakes_total",
               R"(transport="dtls",result="refused")", handshakes_help},
    CounterRow{Counter::dtls_handshakes, "turnpike_handshakes_total",
               R"(transport="dtls",result="completed")", handshakes_help},
    CounterRow{Counter::dtls_cut_handshake, "turnpike_handshakes_total",
               R"(transport="dtls",result="timeout")", handshakes_help},
    CounterRow{Counter::dtls_cut_idle, "turnpike_dtls_closed_total", R"(reason="idle")",
               dtls_closed_help},
    CounterRow{Counter::dtls_replaced, "turnpike_dtls_closed_total", R"(reason="replaced")",
               dtls_closed_help},
    CounterRow{Counter::dtls_cut_handover, "turnpike_dtls_closed_total", R"(reason="handover")",
               dtls_closed_help},
    CounterRow{Counter::dtls_handed_over, "turnpike_dtls_handed_over_total", "", dtls_handed_help},
    CounterRow{Counter::dtls_failed, "turnpike_handshakes_total",
               R"(transport="dtls",result="failed")", handshakes_help},
    CounterRow{Counter::dtls_closed, "turnpike_dtls_closed_total", R"(reason="peer")",
               dtls_closed_help},
    CounterRow{Counter::peer_connected, "turnpike_tcp_peers_total", R"(event="connected")",
               peers_help},
    CounterRow{Counter::peer_accepted, "turnpike_tcp_peers_total", R"(event="accepted")",
               peers_help},
    CounterRow{Counter::peer_bound, "turnpike_tcp_peers_total", R"(event="bound")", peers_help},
    CounterRow{Counter::peer_failed, "turnpike_tcp_peers_total", R"(event="failed")", peers_help},
    CounterRow{Counter::peer_refused, "turnpike_tcp_peers_total", R"(event="refused")", peers_help},
    CounterRow{Counter::peer_closed, "turnpike_tcp_peers_closed_total", R"(reason="done")",
               peers_closed_help},
    CounterRow{Counter::peer_cut_stalled, "turnpike_tcp_peers_closed_total", R"(reason="stalled")",
               peers_closed_help},
    CounterRow{Counter::peer_cut_limit, "turnpike_tcp_peers_closed_total", R"(reason="limit")",
               peers_closed_help},
};

static_assert(counter_rows.size() == counter_count);
static_assert(
    [] {
        for (std::size_t index = 0; index < counter_count; ++index) {
            if (counter_rows[index].counter != static_cast<Counter>(index)) return false;
        }
        return true;
    }(),
    "rows stand in the order of the enum");

}  // namespace turnpike::telemetry
