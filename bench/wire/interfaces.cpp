// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/interfaces.hpp"

#include <ifaddrs.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>

namespace turnpike::wire {
namespace {

using Addresses = std::unique_ptr<ifaddrs, decltype(&freeifaddrs)>;

Addresses all_addresses() {
    ifaddrs* found = nullptr;
    if (getifaddrs(&found) != 0) found = nullptr;
    return {found, freeifaddrs};
}

bool holds(const sockaddr* name, const protocol::IpAddress& address) {
    const auto octets = protocol::Bytes{address.octets()};
    const int family = address.is_v6() ? AF_INET6 : AF_INET;
    if (name == nullptr || name->sa_family != family) return false;
    const std::size_t offset =
        address.is_v6() ? offsetof(sockaddr_in6, sin6_addr) : offsetof(sockaddr_in, sin_addr);
    const auto* const there = reinterpret_cast<const std::byte*>(name) + offset;
    return std::ranges::equal(octets, std::span{there, octets.size()});
}

}  // namespace

std::uint32_t drops_at(std::uint32_t interface) {
    const Addresses all = all_addresses();
    for (const ifaddrs* each = all.get(); each != nullptr; each = each->ifa_next) {
        if (each->ifa_addr == nullptr || each->ifa_addr->sa_family != AF_PACKET) continue;
        if (if_nametoindex(each->ifa_name) != interface || each->ifa_data == nullptr) continue;
        rtnl_link_stats statistics{};
        std::memcpy(&statistics, each->ifa_data, sizeof statistics);
        return statistics.rx_dropped;
    }
    return 0;
}

std::uint32_t interface_with(const protocol::IpAddress& address) {
    const Addresses all = all_addresses();
    for (const ifaddrs* each = all.get(); each != nullptr; each = each->ifa_next) {
        if (holds(each->ifa_addr, address)) return if_nametoindex(each->ifa_name);
    }
    return 0;
}

}  // namespace turnpike::wire
