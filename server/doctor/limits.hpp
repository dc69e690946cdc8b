// SPDX-License-Identifier: BSD-3-Clause
//
// What the kernel lets the server have: descriptors, one for each relay port and each connection,
// and buffers of its sockets.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "server/config/config.hpp"
#include "server/doctor/finding.hpp"
#include "server/doctor/port_holder.hpp"

namespace turnpike::doctor {

struct LimitFacts {
    std::uint64_t descriptors = 0;     // the hard limit, which the server raises its own to
    std::uint64_t relay_ports = 0;     // each is one
    std::uint64_t connections = 0;     // each is one
    std::optional<pid_t> server = {};  // whose limit it is; none: that of this process
    std::uint64_t receive_octets = 0;  // what a socket gets that asks for wanted_octets
    std::uint64_t send_octets = 0;
    std::uint64_t wanted_octets = 0;
};

[[nodiscard]] LimitFacts gather_limits(const config::Config& config,
                                       const std::optional<PortHolder>& server);
[[nodiscard]] Findings judge_limits(const LimitFacts& facts);

// The hard limit of descriptors in the text of /proc/PID/limits.
[[nodiscard]] std::optional<std::uint64_t> parse_descriptor_limit(std::string_view limits);

}  // namespace turnpike::doctor
