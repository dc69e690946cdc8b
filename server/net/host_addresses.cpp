// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/host_addresses.hpp"

#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>

#include "server/net/socket_address.hpp"

namespace turnpike::net {

using protocol::IpAddress;

std::vector<IpAddress> host_addresses() {
    ifaddrs* first = nullptr;
    if (::getifaddrs(&first) != 0) return {};
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner{first, &::freeifaddrs};
    std::vector<IpAddress> addresses;
    for (const ifaddrs* entry = first; entry != nullptr; entry = entry->ifa_next) {
        if (entry->ifa_addr == nullptr) continue;
        if (entry->ifa_addr->sa_family == AF_INET) {
            sockaddr_in address{};
            std::memcpy(&address, entry->ifa_addr, sizeof address);
            addresses.push_back(from_kernel(address.sin_addr));
        } else if (entry->ifa_addr->sa_family == AF_INET6) {
            sockaddr_in6 address{};
            std::memcpy(&address, entry->ifa_addr, sizeof address);
            addresses.push_back(from_kernel(address.sin6_addr));
        }
    }
    return addresses;
}

bool is_loopback(const IpAddress& address) noexcept {
    if (address.is_v4()) return address.octets()[0] == std::byte{127};
    return address == from_kernel(in6addr_loopback);
}

bool is_link_local(const IpAddress& address) noexcept {
    const auto octets = address.octets();
    if (address.is_v4()) return octets[0] == std::byte{169} && octets[1] == std::byte{254};
    return octets[0] == std::byte{0xFE} && (octets[1] & std::byte{0xC0}) == std::byte{0x80};
}

}  // namespace turnpike::net
