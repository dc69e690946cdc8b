// SPDX-License-Identifier: BSD-3-Clause
//
// The addresses that this host has. Asked at the start.
#pragma once

#include <vector>

#include "protocol/address.hpp"

namespace turnpike::net {

// Of every interface, loopback included, in the system's order.
[[nodiscard]] std::vector<protocol::IpAddress> host_addresses();

[[nodiscard]] bool is_loopback(const protocol::IpAddress& address) noexcept;
[[nodiscard]] bool is_link_local(const protocol::IpAddress& address) noexcept;

}  // namespace turnpike::net
