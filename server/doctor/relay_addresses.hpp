// SPDX-License-Identifier: BSD-3-Clause
//
// Whether relays can be opened on the addresses that they are to be on, and whether peers can reach
// the addresses that they are told.
#pragma once

#include <vector>

#include "protocol/address.hpp"
#include "server/config/config.hpp"
#include "server/doctor/finding.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::doctor {

struct RelayAddressFacts {
    std::vector<worker::RelayAddress> relays;
    std::vector<config::ExternalAddress> external;  // as configured
    std::vector<protocol::IpAddress> host;          // this host's own
    // Of `relays`: those that are none of the host's and that the kernel lets it bind all the same,
    // as with AnyIP routes or net.ipv4.ip_nonlocal_bind.
    std::vector<protocol::IpAddress> bindable{};
    std::vector<protocol::IpAddress> routed;  // of them: those of the default routes
};

[[nodiscard]] RelayAddressFacts gather_relay_addresses(const config::Relay& relay);
[[nodiscard]] Findings judge_relay_addresses(const RelayAddressFacts& facts);

// "10.0.0.5, 192.0.2.1"; without loopback and link-local addresses, or "none".
[[nodiscard]] std::string listed(const std::vector<protocol::IpAddress>& addresses);

}  // namespace turnpike::doctor
