// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/lookup.hpp"

#include <linux/if.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include <boost/container_hash/hash.hpp>

namespace turnpike::xdp {

using protocol::IpAddress;

namespace {

constexpr std::uint16_t known_states =
    NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT | NUD_NOARP;

std::optional<Mac> mac_of(const nlattr& attribute) noexcept {
    Mac mac{};
    if (mnl_attr_get_payload_len(&attribute) != mac.size()) return std::nullopt;
    std::copy_n(static_cast<const std::uint8_t*>(mnl_attr_get_payload(&attribute)), mac.size(),
                mac.begin());
    return mac;
}

// IPv4 over a next hop of IPv6 (RFC 5549).
std::optional<IpAddress> via(const nlattr& attribute) noexcept {
    constexpr std::size_t family_octets = sizeof(rtvia::rtvia_family);
    if (mnl_attr_get_payload_len(&attribute) != family_octets + 16) return std::nullopt;
    const auto* const octets = static_cast<const std::byte*>(mnl_attr_get_payload(&attribute));
    return IpAddress::v6(std::span<const std::byte, 16>{octets + family_octets, 16});
}

std::uint16_t path_mtu(const nlattr& metrics) noexcept {
    std::uint32_t mtu = 0;
    visit_nested(metrics, [&](const nlattr& metric) {
        if (mnl_attr_get_type(&metric) == RTAX_MTU) mtu = number_of(metric);
    });
    return mtu > std::numeric_limits<std::uint16_t>::max() ? std::uint16_t{0}
                                                           : static_cast<std::uint16_t>(mtu);
}

OrNoHop<FoundRoute> read_route(const nlmsghdr& message, const Way& way) {
    const auto* const header = header_of<rtmsg>(message);
    if (message.nlmsg_type != RTM_NEWROUTE || header == nullptr) return NoHop::failed;
    if (header->rtm_type == RTN_LOCAL) return NoHop::local;
    if (header->rtm_type == RTN_BROADCAST || header->rtm_type == RTN_MULTICAST ||
        header->rtm_type == RTN_ANYCAST) {
        return NoHop::group;
    }
    if (header->rtm_type != RTN_UNICAST) return NoHop::no_route;
    FoundRoute found{.next_hop = {.interface = 0, .address = way.destination}};
    bool is_tunnelled = false;
    visit_attributes<rtmsg>(message, [&](const nlattr& attribute) {
        switch (mnl_attr_get_type(&attribute)) {
            case RTA_OIF:
                found.next_hop.interface = number_of(attribute);
                break;
            case RTA_GATEWAY:
                found.next_hop.address = address_of(attribute).value_or(way.destination);
                break;
            case RTA_VIA:
                found.next_hop.address = via(attribute).value_or(way.destination);
                break;
            case RTA_METRICS:
                found.mtu = path_mtu(attribute);
                break;
            case RTA_ENCAP:
                is_tunnelled = true;
                break;
            default:
                break;
        }
    });
    if (is_tunnelled) return NoHop::tunnelled;
    if (found.next_hop.interface == 0) return NoHop::no_route;
    return found;
}

bool is_multicast(const IpAddress& address) noexcept {
    const std::byte first = address.octets()[0];
    return address.is_v4() ? (first & std::byte{0xF0}) == std::byte{0xE0}
                           : first == std::byte{0xFF};
}

bool is_scoped(const IpAddress& address) noexcept {
    const protocol::Bytes octets = address.octets();
    return address.is_v6() && octets[0] == std::byte{0xFE} &&
           (octets[1] & std::byte{0xC0}) == std::byte{0x80};
}

// The kernel refuses by number: a source that is not ours, or a blackhole, is an invalid argument.
NoHop refusal(const boost::system::error_code& error) noexcept {
    switch (error.value()) {
        case ENETUNREACH:
        case EHOSTUNREACH:
        case EACCES:
        case EINVAL:
            return NoHop::no_route;
        default:
            return NoHop::failed;
    }
}

void read_link_info(const nlattr& info, Link& link) {
    visit_nested(info, [&](const nlattr& attribute) {
        if (mnl_attr_get_type(&attribute) == IFLA_INFO_KIND) {
            link.kind = mnl_attr_get_str(&attribute);
        }
    });
}

}  // namespace

std::size_t hash_value(const Way& way) noexcept {
    std::size_t seed = 0;
    boost::hash_combine(seed, way.destination);
    boost::hash_combine(seed, way.source);
    return seed;
}

std::string_view to_string(NoHop reason) noexcept {
    switch (reason) {
        case NoHop::no_route:
            return "no route";
        case NoHop::local:
            return "an address of this host";
        case NoHop::group:
            return "not one receiver";
        case NoHop::scoped:
            return "link-local";
        case NoHop::tunnelled:
            return "a route with encapsulation";
        case NoHop::loopback:
            return "by loopback";
        case NoHop::no_ethernet:
            return "by an interface without Ethernet addresses";
        case NoHop::full:
            return "no free hop";
        case NoHop::failed:
            break;
    }
    return "no answer of the kernel";
}

OrNoHop<FoundRoute> look_up_route(Netlink& netlink, const Way& way) {
    if (way.destination.family() != way.source.family()) return NoHop::no_route;
    if (is_multicast(way.destination)) return NoHop::group;
    if (is_scoped(way.destination)) return NoHop::scoped;
    NetlinkRequest request{RTM_GETROUTE, 0};
    auto& header = request.begin_with<rtmsg>();
    header.rtm_family = system_family(way.destination);
    header.rtm_dst_len = header.rtm_src_len =
        static_cast<unsigned char>(way.destination.octets().size() * 8);
    request.put(RTA_DST, way.destination);
    request.put(RTA_SRC, way.source);
    OrNoHop<FoundRoute> found = NoHop::failed;
    const auto error =
        netlink.ask(request, [&](const nlmsghdr& message) { found = read_route(message, way); });
    if (error) return refusal(error);
    return found;
}

std::optional<Link> read_link(const nlmsghdr& message) {
    const auto* const header = header_of<ifinfomsg>(message);
    if (message.nlmsg_type != RTM_NEWLINK || header == nullptr) return std::nullopt;
    Link link;
    link.index = static_cast<std::uint32_t>(header->ifi_index);
    link.is_up = (header->ifi_flags & IFF_UP) != 0 && (header->ifi_flags & IFF_RUNNING) != 0;
    link.is_loopback = (header->ifi_flags & IFF_LOOPBACK) != 0;
    const bool has_ethernet = header->ifi_type == ARPHRD_ETHER;
    visit_attributes<ifinfomsg>(message, [&](const nlattr& attribute) {
        switch (mnl_attr_get_type(&attribute)) {
            case IFLA_IFNAME:
                link.name = mnl_attr_get_str(&attribute);
                break;
            case IFLA_MTU:
                link.mtu = number_of(attribute);
                break;
            case IFLA_MASTER:
                link.master = number_of(attribute);
                break;
            case IFLA_ADDRESS:
                if (has_ethernet) link.mac = mac_of(attribute);
                break;
            case IFLA_LINKINFO:
                read_link_info(attribute, link);
                break;
            default:
                break;
        }
    });
    return link;
}

std::optional<Link> look_up_link(Netlink& netlink, std::uint32_t interface) {
    NetlinkRequest request{RTM_GETLINK, 0};
    request.begin_with<ifinfomsg>().ifi_index = static_cast<int>(interface);
    std::optional<Link> link;
    const auto error =
        netlink.ask(request, [&](const nlmsghdr& message) { link = read_link(message); });
    return error ? std::nullopt : link;
}

Neighbour look_up_neighbour(Netlink& netlink, const NextHop& next_hop) {
    NetlinkRequest request{RTM_GETNEIGH, 0};
    auto& header = request.begin_with<ndmsg>();
    header.ndm_family = system_family(next_hop.address);
    header.ndm_ifindex = static_cast<int>(next_hop.interface);
    request.put(NDA_DST, next_hop.address);
    Neighbour neighbour;
    const auto error = netlink.ask(request, [&](const nlmsghdr& message) {
        const auto* const found = header_of<ndmsg>(message);
        if (found == nullptr || (found->ndm_state & known_states) == 0) return;
        neighbour.is_stale = found->ndm_state == NUD_STALE;
        visit_attributes<ndmsg>(message, [&](const nlattr& attribute) {
            if (mnl_attr_get_type(&attribute) == NDA_LLADDR) neighbour.mac = mac_of(attribute);
        });
    });
    return error ? Neighbour{} : neighbour;
}

boost::system::error_code probe_neighbour(Netlink& netlink, const NextHop& next_hop) {
    NetlinkRequest request{RTM_NEWNEIGH, NLM_F_CREATE};
    auto& header = request.begin_with<ndmsg>();
    header.ndm_family = system_family(next_hop.address);
    header.ndm_ifindex = static_cast<int>(next_hop.interface);
    header.ndm_flags = NTF_USE;
    request.put(NDA_DST, next_hop.address);
    return netlink.ask(request, [](const nlmsghdr&) {});
}

}  // namespace turnpike::xdp
