// SPDX-License-Identifier: BSD-3-Clause
//
// A cable with a relay at its near end, and a client and a peer of test::channel() at its far end,
// whose sockets are this process's.
#pragma once

#include <span>

#include "tests/support/kernel_relay.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::test {

struct Cable {
    static constexpr std::uint32_t hop = 4;  // the way back through the cable

    OwnNetwork network;

    explicit Cable(std::span<xdp::Hop> hops) : Cable{} { lay(hops); }
    Cable() {
        OwnNetwork::command(
            "ip address add 203.0.113.9/32 dev far && ip address add 198.51.100.7/32 dev far &&"
            "ip route add 192.0.2.1 dev far &&"
            "ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev far &&"
            "ip -6 address add 2001:db8:c::9/128 dev far nodad &&"
            "ip -6 address add 2001:db8:b::7/128 dev far nodad &&"
            "ip -6 route add 2001:db8::1 dev far &&"
            "ip -6 neigh add 2001:db8::1 lladdr 02:00:00:00:00:01 dev far");
    }

    void lay(std::span<xdp::Hop> hops) const {
        xdp::Hop made = test::hop(network.near());
        made.destination[5] = 2;
        made.source[5] = 1;
        hops[hop] = made;
    }
};

}  // namespace turnpike::test
