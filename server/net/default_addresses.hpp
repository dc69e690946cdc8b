// SPDX-License-Identifier: BSD-3-Clause
//
// The addresses that this host talks to the Internet from: one of each family that has a default
// route. Relays open there where the configuration names no addresses.
#pragma once

#include <vector>

#include "protocol/address.hpp"

namespace turnpike::net {

// IPv4 first. Empty on a host without default routes. Sends nothing.
[[nodiscard]] std::vector<protocol::IpAddress> default_addresses();

}  // namespace turnpike::net
