// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/neighbour.hpp"

#include <net/if.h>
#include <netinet/ether.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "bench/load/failure.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::wire {
namespace {

Mac own_mac_of(const std::string& interface) {
    const net::FileDescriptor socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    ifreq request{};
    interface.copy(request.ifr_name, IFNAMSIZ - 1);
    if (ioctl(socket.get(), SIOCGIFHWADDR, &request) != 0) {
        throw bench::BadStart{interface + ": " + std::strerror(errno)};
    }
    Mac mac{};
    std::memcpy(mac.data(), request.ifr_hwaddr.sa_data, mac.size());
    return mac;
}

}  // namespace

Neighbour neighbour_of(const std::string& text) {
    const auto at = text.find('=');
    ether_addr address{};
    if (at == std::string::npos || ether_aton_r(text.c_str() + at + 1, &address) == nullptr) {
        throw bench::BadStart{text + " is no INTERFACE=MAC"};
    }
    const std::string interface = text.substr(0, at);
    Neighbour neighbour{.interface = if_nametoindex(interface.c_str()),
                        .mac = {},
                        .own_mac = own_mac_of(interface)};
    std::ranges::copy(address.ether_addr_octet, neighbour.mac.begin());
    return neighbour;
}

WireWay way_between(const Neighbour& from, const Neighbour& to) noexcept {
    WireWay way{.from = from.interface, .to = to.interface, .destination = {}, .source = {}};
    std::ranges::copy(to.mac, way.destination);
    std::ranges::copy(to.own_mac, way.source);
    return way;
}

}  // namespace turnpike::wire
