// SPDX-License-Identifier: BSD-3-Clause
//
// What the kernel says, asked now, of the way to an address: its route, the link that it leaves by,
// the neighbour that it is handed to. Reading needs no rights. Plain values; the socket is the
// caller's.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/xdp/hop_table.hpp"
#include "server/xdp/netlink.hpp"

namespace turnpike::xdp {

// From one of our addresses to somebody else's.
struct Way {
    protocol::IpAddress destination;
    protocol::IpAddress source;

    constexpr auto operator<=>(const Way&) const noexcept = default;
};
[[nodiscard]] std::size_t hash_value(const Way& way) noexcept;

// Why packets on a way are user space's.
enum class NoHop : std::uint8_t {
    no_route,     // none, one that refuses (blackhole, unreachable, prohibit), or not from there
    local,        // an address of this host
    group,        // multicast, broadcast, anycast
    scoped,       // IPv6 link-local: the address alone does not say on which link
    tunnelled,    // the route wraps packets into others
    loopback,     // leaves by the loopback interface
    no_ethernet,  // by one without Ethernet addresses: tun, PPP, WireGuard
    full,         // all hops have users
    failed,       // the kernel did not answer
};
[[nodiscard]] std::string_view to_string(NoHop reason) noexcept;

template <typename T>
using OrNoHop = protocol::Result<T, NoHop>;

struct FoundRoute {
    NextHop next_hop;
    std::uint16_t mtu = 0;  // of the path, where the route has one or one was learnt; 0: it has not
    bool operator==(const FoundRoute&) const noexcept = default;
};
[[nodiscard]] OrNoHop<FoundRoute> look_up_route(Netlink& netlink, const Way& way);

struct Link {
    std::uint32_t index = 0;
    std::string name{};
    std::string kind{};  // "bridge", "veth", ...; empty: a device
    bool is_up = false;  // and has a carrier
    bool is_loopback = false;
    std::optional<Mac> mac{};  // none: no Ethernet
    std::uint32_t mtu = 0;     // octets of an IP packet
    std::uint32_t master = 0;  // the bridge, bond or VRF that it is a part of; 0: none
};
// None: the message is not of a link.
[[nodiscard]] std::optional<Link> read_link(const nlmsghdr& message);
[[nodiscard]] std::optional<Link> look_up_link(Netlink& netlink, std::uint32_t interface);

struct Neighbour {
    std::optional<Mac> mac;  // none: not known, or not any more
    bool is_stale = false;   // known, but nobody has heard from it lately
};
[[nodiscard]] Neighbour look_up_neighbour(Netlink& netlink, const NextHop& next_hop);

// Has the kernel ask a neighbour if it is still there, or who it is; needs CAP_NET_ADMIN. Never of
// one that was set by hand: it would not be permanent any more.
[[nodiscard]] boost::system::error_code probe_neighbour(Netlink& netlink, const NextHop& next_hop);

}  // namespace turnpike::xdp
