// SPDX-License-Identifier: BSD-3-Clause
//
// The rows of [server] in the table of options.
#pragma once

#include <array>
#include <string_view>

#include "server/config/option.hpp"

namespace turnpike::config {

inline constexpr std::array<std::string_view, 4> packet_io_words{"auto", "plain", "mmsg",
                                                                 "offload"};

inline constexpr std::array server_options{
    at<&Config::server, &Server::workers>({
        .key = "server.workers",
        .fallback = "0",
        .help = "Threads that relay; 0: one per core",
        .max = 256,
        .needs_restart = true,
    }),
    at<&Config::server, &Server::nice>({
        .key = "server.nice",
        .fallback = "-10",
        .help = "Niceness of the workers' threads. Below 0, which root allows, more of a flood is "
                "relayed and less of it received in vain",
        .min = -20,
        .max = 19,
        .needs_restart = true,
    }),
    at<&Config::server, &Server::packet_io>({
        .key = "server.packet_io",
        .fallback = R"("auto")",
        .help = "Datagrams to and from the kernel: \"plain\" one by one, \"mmsg\" in batches, "
                "\"offload\" bursts as one (UDP GRO and GSO); \"auto\": the best this kernel has",
        .words = packet_io_words,
        .needs_restart = true,
    }),
    at<&Config::server, &Server::software>({
        .key = "server.software",
        .fallback = R"("Turnpike")",
        .help = "What the SOFTWARE attribute of answers says; empty: no such attribute",
        .max = 127,  // RFC 8489 section 14.14
    }),
    at<&Config::server, &Server::hostname>({
        .key = "server.hostname",
        .fallback = R"("")",
        .help = "The name by which clients reach us, as it stands in the certificate, for the URLs "
                "that are printed; empty: our addresses, and no turns: URL",
        .max = 253,
        .example = R"("turn.example.org")",
    }),
    at<&Config::server, &Server::node>({
        .key = "server.node",
        .fallback = R"("")",
        .help = "The name of this server among those that share a database, one each; empty: the "
                "name of this host",
        .max = 253,
        .example = R"("relay-1")",
        .needs_restart = true,
    }),
    at<&Config::server, &Server::user>({
        .key = "server.user",
        .fallback = R"("")",
        .help = "Started as root, become this user once the sockets are bound",
        .max = 32,
        .example = R"("turnpike")",
        .needs_restart = true,
    }),
    at<&Config::server, &Server::rfc3489>({
        .key = "server.rfc3489",
        .fallback = "false",
        .help = "Answer Binding requests of RFC 3489, which have no cookie, over UDP",
    }),
    at<&Config::server, &Server::drain>({
        .key = "server.drain_seconds",
        .fallback = "600",
        .help = "How long `turnpike drain` and SIGUSR1 wait for running allocations to end, where "
                "they do not say; new ones are sent to redirect.servers, or refused (508)",
        .max = 7 * 86'400,
    }),
    at<&Config::server, &Server::stop>({
        .key = "server.stop_seconds",
        .fallback = "5",
        .help = "The same for SIGTERM and SIGINT; a second one ends at once",
        .max = 86'400,
    }),
    at<&Config::server, &Server::handover>({
        .key = "server.handover_seconds",
        .fallback = "0",
        .help =
            "For restarts and upgrades: SIGTERM and SIGINT end at once and leave the allocations "
            "of clients on UDP to the server that starts within this time, and they go on; "
            "0: they end with the server. A drain comes first, and hands nothing over",
        .max = 300,
    }),
    at<&Config::server, &Server::handover_file>({
        .key = "server.handover_file",
        .fallback = R"("/var/lib/turnpike/handover")",
        .help = "The file for that. It holds secrets, lives for as long, and is ours alone",
        .needs_restart = true,
    }),
};

}  // namespace turnpike::config
