// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/default_addresses.hpp"

#include <arpa/inet.h>

#include "server/net/socket_address.hpp"
#include "server/net/socket_options.hpp"

namespace turnpike::net {
namespace {

// Connecting a datagram socket makes the kernel choose a source address and sends nothing.
void add_source_towards(const protocol::Endpoint& far,
                        std::vector<protocol::IpAddress>& addresses) {
    const auto socket = open_socket(far.address.family(), SOCK_DGRAM);
    if (!socket) return;
    const SocketAddress name{far};
    if (::connect(socket->get(), name.data(), name.size()) != 0) return;
    const protocol::IpAddress source = bound_to(socket->get()).address;
    if (!source.is_unspecified()) addresses.push_back(source);
}

[[nodiscard]] protocol::IpAddress far_v6() {
    in6_addr address{};
    ::inet_pton(AF_INET6, "2001:503:ba3e::2:30", &address);
    return from_kernel(address);
}

}  // namespace

std::vector<protocol::IpAddress> default_addresses() {
    // Any far address does: this is a root name server's, 198.41.0.4.
    constexpr std::uint16_t domain = 53;
    std::vector<protocol::IpAddress> addresses;
    add_source_towards({protocol::IpAddress::v4(0xC6290004), domain}, addresses);
    add_source_towards({far_v6(), domain}, addresses);
    return addresses;
}

}  // namespace turnpike::net
