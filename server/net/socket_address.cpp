// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/socket_address.hpp"

#include <cstring>

namespace turnpike::net {

using protocol::Endpoint;
using protocol::IpAddress;

IpAddress from_kernel(const in_addr& address) noexcept {
    std::array<std::byte, 4> octets;
    std::memcpy(octets.data(), &address, octets.size());
    return IpAddress::v4(octets);
}

IpAddress from_kernel(const in6_addr& address) noexcept {
    std::array<std::byte, 16> octets;
    std::memcpy(octets.data(), &address, octets.size());
    return IpAddress::v6(octets);
}

in_addr to_kernel_v4(const IpAddress& address) noexcept {
    in_addr result{};
    if (address.is_v4()) std::memcpy(&result, address.octets().data(), sizeof result);
    return result;
}

in6_addr to_kernel_v6(const IpAddress& address) noexcept {
    in6_addr result{};
    if (address.is_v6()) std::memcpy(&result, address.octets().data(), sizeof result);
    return result;
}

SocketAddress::SocketAddress(const Endpoint& endpoint) noexcept : SocketAddress{} {
    if (endpoint.address.is_v4()) {
        storage_.v4 = sockaddr_in{};
        storage_.v4.sin_family = AF_INET;
        storage_.v4.sin_port = htons(endpoint.port);
        storage_.v4.sin_addr = to_kernel_v4(endpoint.address);
    } else {
        storage_.v6.sin6_family = AF_INET6;
        storage_.v6.sin6_port = htons(endpoint.port);
        storage_.v6.sin6_addr = to_kernel_v6(endpoint.address);
    }
}

Endpoint SocketAddress::endpoint() const noexcept {
    switch (storage_.any.sa_family) {
        case AF_INET:
            return {from_kernel(storage_.v4.sin_addr), ntohs(storage_.v4.sin_port)};
        case AF_INET6:
            return {from_kernel(storage_.v6.sin6_addr), ntohs(storage_.v6.sin6_port)};
        default:
            return {};
    }
}

}  // namespace turnpike::net
