// SPDX-License-Identifier: BSD-3-Clause
//
// An endpoint as the kernel takes it, and back. IPv4-mapped addresses never appear: every socket is
// of one family.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include "protocol/address.hpp"

namespace turnpike::net {

class SocketAddress {
public:
    SocketAddress() noexcept { storage_.v6 = sockaddr_in6{}; }
    explicit SocketAddress(const protocol::Endpoint& endpoint) noexcept;

    // What the kernel wrote into data(). Unspecified IPv4 where it wrote no Internet address.
    [[nodiscard]] protocol::Endpoint endpoint() const noexcept;

    [[nodiscard]] sockaddr* data() noexcept { return &storage_.any; }
    [[nodiscard]] const sockaddr* data() const noexcept { return &storage_.any; }
    [[nodiscard]] socklen_t size() const noexcept {
        return storage_.any.sa_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
    }
    static constexpr socklen_t capacity = sizeof(sockaddr_in6);

private:
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    } storage_;
};

[[nodiscard]] protocol::IpAddress from_kernel(const in_addr& address) noexcept;
[[nodiscard]] protocol::IpAddress from_kernel(const in6_addr& address) noexcept;
[[nodiscard]] in_addr to_kernel_v4(const protocol::IpAddress& address) noexcept;
[[nodiscard]] in6_addr to_kernel_v6(const protocol::IpAddress& address) noexcept;

}  // namespace turnpike::net
