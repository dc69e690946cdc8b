// SPDX-License-Identifier: BSD-3-Clause
//
// By which interfaces datagrams for our addresses come in: where the kernel's half is to be
// attached. Asked at the start and after a reload; needs no rights.
#pragma once

#include <span>
#include <vector>

#include "protocol/address.hpp"
#include "server/xdp/lookup.hpp"

namespace turnpike::xdp {

struct Interface {
    Link link;
    std::vector<protocol::IpAddress> addresses;
};

// All there are, by index.
[[nodiscard]] Outcome<std::vector<Interface>> all_interfaces();

// Packets come in by it, with Ethernet addresses: it is up, not loopback, and no part of a bridge
// or a bond, which hand their packets on under their own name.
[[nodiscard]] bool is_entrance(const Interface& interface, std::span<const Interface> all);

// Of `all` those that carry one of the `local` addresses, loopback included. Every entrance too, if
// one of the addresses is unspecified, or lies on an interface where nothing comes in: on loopback
// (but not 127.0.0.1), or on a dummy, as anycast has it.
[[nodiscard]] std::vector<Interface> interfaces_of(std::span<const protocol::IpAddress> local,
                                                   std::span<const Interface> all);

}  // namespace turnpike::xdp
