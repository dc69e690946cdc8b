// SPDX-License-Identifier: BSD-3-Clause
//
// What the kernel tells of the network while it changes, gathered from many messages. It says where
// to look again, not what is there now: by the time that a message is read it may be old.
#pragma once

#include <cstdint>
#include <set>

#include "server/xdp/hop_table.hpp"
#include "server/xdp/netlink.hpp"

namespace turnpike::xdp {

// The addresses that begin as this one does.
struct Prefix {
    protocol::IpAddress address;
    std::uint8_t bits = 0;

    [[nodiscard]] bool contains(const protocol::IpAddress& other) const noexcept;
    constexpr auto operator<=>(const Prefix&) const noexcept = default;
};

struct NetworkChanges {
    // More different ones than these are taken for all there are.
    static constexpr std::size_t prefixes_max = 64;

    std::set<NextHop> neighbours;
    std::set<std::uint32_t> links;
    // Where routes may be others now.
    std::set<Prefix> prefixes;
    bool all_v4 = false;
    bool all_v6 = false;
    bool lost = false;  // something changed, and nobody knows what

    void note(const nlmsghdr& message);
    // Whether the route to it may be another now.
    [[nodiscard]] bool concern(const protocol::IpAddress& destination) const noexcept;

private:
    void note_neighbour(const nlmsghdr& message);
    void note_route(const nlmsghdr& message);
    void note_address(const nlmsghdr& message);
    void note_prefix(const Prefix& prefix);
    void note_all(std::uint8_t family) noexcept;
};

// Hears what NetworkChanges understands.
[[nodiscard]] Outcome<Netlink> listen_to_changes();

}  // namespace turnpike::xdp
