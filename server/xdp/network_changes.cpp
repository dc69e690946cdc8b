// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/network_changes.hpp"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/neighbour.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>

namespace turnpike::xdp {

using protocol::IpAddress;

namespace {

// Bridges and multicast routing speak in these groups too.
constexpr bool is_ip(std::uint8_t family) noexcept {
    return family == AF_INET || family == AF_INET6;
}

}  // namespace

bool Prefix::contains(const IpAddress& other) const noexcept {
    if (other.family() != address.family()) return false;
    const std::size_t whole = bits / 8U;
    const protocol::Bytes ours = address.octets();
    const protocol::Bytes theirs = other.octets();
    if (!std::ranges::equal(ours.first(whole), theirs.first(whole))) return false;
    if (bits % 8U == 0) return true;
    const auto mask = static_cast<std::byte>(0xFF00U >> (bits % 8U));
    return (ours[whole] & mask) == (theirs[whole] & mask);
}

void NetworkChanges::note(const nlmsghdr& message) {
    switch (message.nlmsg_type) {
        case RTM_NEWNEIGH:
        case RTM_DELNEIGH:
            return note_neighbour(message);
        case RTM_NEWLINK:
        case RTM_DELLINK:
            if (const auto* const link = header_of<ifinfomsg>(message)) {
                links.insert(static_cast<std::uint32_t>(link->ifi_index));
            }
            return;
        case RTM_NEWROUTE:
        case RTM_DELROUTE:
            return note_route(message);
        case RTM_NEWADDR:
        case RTM_DELADDR:
            return note_address(message);
        case RTM_NEWRULE:
        case RTM_DELRULE:
            if (const auto* const rule = header_of<fib_rule_hdr>(message)) note_all(rule->family);
            return;
        case RTM_NEWNEXTHOP:
        case RTM_DELNEXTHOP:
            return note_all(AF_UNSPEC);
        default:
            return;
    }
}

void NetworkChanges::note_neighbour(const nlmsghdr& message) {
    const auto* const header = header_of<ndmsg>(message);
    if (header == nullptr || !is_ip(header->ndm_family)) return;
    visit_attributes<ndmsg>(message, [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) != NDA_DST) return;
        if (const auto address = address_of(attribute)) {
            neighbours.insert({static_cast<std::uint32_t>(header->ndm_ifindex), *address});
        }
    });
}

// Without a destination it is the default route's.
void NetworkChanges::note_route(const nlmsghdr& message) {
    const auto* const header = header_of<rtmsg>(message);
    if (header == nullptr || !is_ip(header->rtm_family)) return;
    if (header->rtm_dst_len == 0) return note_all(header->rtm_family);
    visit_attributes<rtmsg>(message, [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) != RTA_DST) return;
        if (const auto address = address_of(attribute))
            note_prefix({*address, header->rtm_dst_len});
    });
}

// A new address comes with routes that are told of too. With one that is gone, routes from it are,
// wherever they lead, and nobody tells of them.
void NetworkChanges::note_address(const nlmsghdr& message) {
    const auto* const header = header_of<ifaddrmsg>(message);
    if (header != nullptr && message.nlmsg_type == RTM_DELADDR) note_all(header->ifa_family);
}

void NetworkChanges::note_prefix(const Prefix& prefix) {
    if (prefix.bits > prefix.address.octets().size() * 8) return;
    prefixes.insert(prefix);
    if (prefixes.size() <= prefixes_max) return;
    prefixes.clear();
    note_all(AF_UNSPEC);
}

void NetworkChanges::note_all(std::uint8_t family) noexcept {
    all_v4 = all_v4 || family != AF_INET6;
    all_v6 = all_v6 || family != AF_INET;
}

bool NetworkChanges::concern(const IpAddress& destination) const noexcept {
    if (lost || (destination.is_v4() ? all_v4 : all_v6)) return true;
    return std::ranges::any_of(prefixes,
                               [&](const Prefix& prefix) { return prefix.contains(destination); });
}

Outcome<Netlink> listen_to_changes() {
    constexpr auto groups = std::to_array<int>(
        {RTNLGRP_NEIGH, RTNLGRP_LINK, RTNLGRP_IPV4_ROUTE, RTNLGRP_IPV6_ROUTE, RTNLGRP_IPV4_IFADDR,
         RTNLGRP_IPV6_IFADDR, RTNLGRP_IPV4_RULE, RTNLGRP_IPV6_RULE, RTNLGRP_NEXTHOP});
    return Netlink::listen(groups);
}

}  // namespace turnpike::xdp
