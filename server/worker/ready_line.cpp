// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/ready_line.hpp"

#include <string>

#include "server/worker/assemble.hpp"

namespace turnpike::worker {

namespace {

template <typename Addresses>
std::string joined(const Addresses& addresses) {
    std::string text;
    for (const auto& address : addresses) {
        if (!text.empty()) text += ',';
        text += address.to_string();
    }
    return text;
}

}  // namespace

void log_ready(const Commons& commons) {
    const bool has_books = commons.books.is_open();
    const config::Storage& storage = commons.config.storage;
    const Listeners& listeners = commons.listeners;
    commons.log.info(
        telemetry::Area::server, "server ready",
        {{"udp", joined(listeners.udp(Serves::plain))},
         {"dtls", joined(listeners.udp(Serves::dtls))},
         {"tcp", joined(listeners.tcp(Entrance::plain))},
         {"tls", joined(listeners.tcp(Entrance::secured))},
         {"auto", joined(listeners.udp(Serves::both))},
         {"relay", joined(commons.relayed)},
         {"workers", commons.workers.size()},
         {"storage", has_books ? storage_kind(storage) : "none"},
         {"journal", has_books ? journal_file(storage) : ""},
         {"packet_io", to_string(commons.shared.packet_io)},
         {"acceleration",
          commons.acceleration ? commons.acceleration->entry_points().description() : "none"},
         {"admin", commons.config.admin.listen},
         {"node", commons.shared.node},
         {"version", TURNPIKE_VERSION}});
}

}  // namespace turnpike::worker
