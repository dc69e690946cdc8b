// SPDX-License-Identifier: BSD-3-Clause
//
// The rows of [limits] in the table of options.
#pragma once

#include <array>
#include <cstdint>

#include "server/config/option.hpp"

namespace turnpike::config {

inline constexpr std::int64_t million = 1'000'000;

inline constexpr std::array limits_options{
    at<&Config::limits, &Limits::allocations_per_user>({
        .key = "limits.allocations_per_user",
        .fallback = "16",
        .help = "Allocations that one user may hold at a time; 0: no limit",
        .max = million,
    }),
    at<&Config::limits, &Limits::session>({
        .key = "limits.session_seconds",
        .fallback = "0",
        .help = "The longest that an allocation may live, whatever it refreshes; 0: no limit",
        .max = 366 * 86'400,
    }),
    at<&Config::limits, &Limits::bits_per_second>({
        .key = "limits.bits_per_second",
        .fallback = "0",
        .help = "What an allocation may relay each way; 0: no limit",
        .max = million * million,
    }),
    at<&Config::limits, &Limits::bytes>({
        .key = "limits.bytes",
        .fallback = "0",
        .help = "What an allocation may relay in its life, both ways together; 0: no limit",
    }),
    at<&Config::limits, &Limits::ghost>({
        .key = "limits.ghost_seconds",
        .fallback = "3",
        .help = "A user who holds as many allocations as may be gets another one in place of the "
                "one whose client has been silent longest, and at least this long; 0: never",
        .max = 3600,
    }),
    at<&Config::limits, &Limits::call_warnings>({
        .key = "limits.call_warning_seconds",
        .fallback = "[60]",
        .help = "How long before the end of a call to warn of it, in the database's events",
        .min = 1,
        .max = 86'400,
    }),
    at<&Config::limits, &Limits::lifetime_max>({
        .key = "limits.lifetime_max",
        .fallback = "3600",
        .help = "The longest lifetime in seconds that a client gets without a refresh",
        .min = 60,
        .max = 86'400,
    }),
    at<&Config::limits, &Limits::permissions_per_allocation>({
        .key = "limits.permissions_per_allocation",
        .fallback = "256",
        .help = "Peer addresses that one allocation may permit",
        .min = 1,
        .max = 65'536,
    }),
    at<&Config::limits, &Limits::channels_per_allocation>({
        .key = "limits.channels_per_allocation",
        .fallback = "256",
        .help = "Channels that one allocation may bind",
        .min = 1,
        .max = 16'383,
    }),
    at<&Config::limits, &Limits::tcp_peers_per_allocation>({
        .key = "limits.tcp_peers_per_allocation",
        .fallback = "64",
        .help = "TCP connections to peers that one allocation may hold (RFC 6062); each bound one "
                "counts as a connection of its client too",
        .min = 1,
        .max = 65535,
    }),
    at<&Config::limits, &Limits::tcp_connections>({
        .key = "limits.tcp_connections",
        .fallback = "10000",
        .help = "TCP connections of clients, in all",
        .min = 1,
        .max = million,
    }),
    at<&Config::limits, &Limits::tcp_connections_per_address>({
        .key = "limits.tcp_connections_per_address",
        .fallback = "256",
        .help = "TCP connections from one client address",
        .min = 1,
        .max = million,
    }),
    at<&Config::limits, &Limits::tcp_buffer_bytes>({
        .key = "limits.tcp_buffer_bytes",
        .fallback = "262144",
        .help = "What may wait for a client that reads slowly; beyond it the client is cut",
        .min = 65'552,
        .max = 64 * 1024 * 1024,
    }),
    at<&Config::limits, &Limits::tcp_idle>({
        .key = "limits.tcp_idle",
        .fallback = "30",
        .help = "Seconds that a connection or DTLS association may stay without an allocation",
        .min = 1,
        .max = 3600,
    }),
    at<&Config::limits, &Limits::tls_handshake>({
        .key = "limits.tls_handshake",
        .fallback = "10",
        .help = "Seconds that a client may take for the handshake of TLS or DTLS, and a proxy for "
                "its header",
        .min = 1,
        .max = 600,
    }),
    at<&Config::limits, &Limits::tls_handshakes>({
        .key = "limits.tls_handshakes",
        .fallback = "1000",
        .help = "Handshakes of TLS and DTLS that may be under way at a time; beyond it clients "
                "are turned away",
        .min = 1,
        .max = million,
    }),
    at<&Config::limits, &Limits::dtls_associations>({
        .key = "limits.dtls_associations",
        .fallback = "10000",
        .help = "DTLS associations of clients, in all",
        .min = 1,
        .max = million,
    }),
    at<&Config::limits, &Limits::dtls_associations_per_address>({
        .key = "limits.dtls_associations_per_address",
        .fallback = "256",
        .help = "DTLS associations from one client address",
        .min = 1,
        .max = million,
    }),
    at<&Config::limits, &Limits::unauthenticated_per_second>({
        .key = "limits.unauthenticated_per_second",
        .fallback = "50000",
        .help = "Answers a second to senders not yet authenticated, in all; 0: no limit",
        .max = 100 * million,
    }),
    at<&Config::limits, &Limits::unauthenticated_per_prefix_second>({
        .key = "limits.unauthenticated_per_prefix_second",
        .fallback = "1000",
        .help = "The same to one IPv4 /24 or IPv6 /56; 0: no limit",
        .max = 100 * million,
    }),
};

}  // namespace turnpike::config
