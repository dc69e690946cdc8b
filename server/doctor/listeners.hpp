// SPDX-License-Identifier: BSD-3-Clause
//
// Whether the server can listen where it is to: the address is this host's, the port is free, or
// the server that runs has it already.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "server/config/config.hpp"
#include "server/doctor/finding.hpp"
#include "server/doctor/port_holder.hpp"

namespace turnpike::doctor {

struct ListenerFacts {
    std::string_view key;  // "listen.udp"
    protocol::Endpoint endpoint;
    bool is_stream = false;
    int error = 0;                          // of a bind, as errno; 0: it is free
    std::optional<PortHolder> holder = {};  // where it is taken, and that can be seen
    bool is_ours = false;                   // the holder runs this program
};

[[nodiscard]] std::vector<ListenerFacts> gather_listeners(const config::Config& config);
[[nodiscard]] Findings judge_listeners(const std::vector<ListenerFacts>& facts,
                                       const std::vector<protocol::IpAddress>& host);

// The server that runs here: none where none of the listeners is taken by one.
[[nodiscard]] std::optional<PortHolder> running_server(const std::vector<ListenerFacts>& facts);

}  // namespace turnpike::doctor
