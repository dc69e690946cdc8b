// SPDX-License-Identifier: BSD-3-Clause
//
// What takes more than one line of a coturn configuration to carry over. Each of these speaks of
// every line of its area (Row::area), once, and writes what it means into the draft.
#pragma once

#include <string_view>
#include <vector>

#include "protocol/address.hpp"
#include "server/coturn/work.hpp"

namespace turnpike::coturn {

// listening-ip and the ports, which transports, the certificate, and NAT behaviour discovery.
void carry_listeners(Work& work);

// relay-ip, external-ip and the ports of relays.
void carry_relays(Work& work);

// allowed-peer-ip, denied-peer-ip and allow-loopback-peers.
void carry_peers(Work& work);

// realm, users and secrets.
void carry_access(Work& work);

// userdb and the others: where users are kept. After carry_access().
void carry_databases(Work& work);

// alternate-server and tls-alternate-server.
void carry_redirection(Work& work);

// Quotas, bandwidth, lifetimes and threads.
void carry_limits(Work& work);

// Logs, figures, and what the server says of itself.
void carry_operation(Work& work);

// The addresses of listening-ip that are addresses; what is none was said by carry_listeners().
[[nodiscard]] std::vector<protocol::IpAddress> listening_addresses(const Work& work);

// A TOML string of an endpoint or an address.
[[nodiscard]] std::string toml_of(const protocol::Endpoint& endpoint);
[[nodiscard]] std::string toml_of(const protocol::IpAddress& address);

}  // namespace turnpike::coturn
