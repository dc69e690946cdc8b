// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/default_addresses.hpp"

#include <arpa/inet.h>

#include "server/net/socket_address.hpp"
#include "server/net/socket_options.hpp"

namespace turnpike::net {
namespace {

// Addresses kept for documentation (RFC 5737, RFC 3849): no host has a route of their own to them.
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

[[nodiscard]] protocol::IpAddress documentation_v6() {
    in6_addr address{};
    ::inet_pton(AF_INET6, "2001:db8::1", &address);
    return from_kernel(address);
}

}  // namespace

std::vector<protocol::IpAddress> default_addresses() {
    constexpr std::uint16_t discard = 9;
    std::vector<protocol::IpAddress> addresses;
    add_source_towards({protocol::IpAddress::v4(0xC0000201), discard}, addresses);
    add_source_towards({documentation_v6(), discard}, addresses);
    return addresses;
}

}  // namespace turnpike::net
