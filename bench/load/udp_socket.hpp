// SPDX-License-Identifier: BSD-3-Clause
//
// A UDP socket that is bound and does not block, and what a generator asks of sockets. Owns its
// descriptor.
#pragma once

#include <sys/socket.h>

#include <cstdint>

#include "protocol/address.hpp"

namespace turnpike::bench {

struct SocketAddress {
    sockaddr_storage storage{};
    socklen_t octets = 0;  // 0: none

    [[nodiscard]] static SocketAddress of(const protocol::Endpoint& endpoint) noexcept;
};

class UdpSocket {
public:
    // On any port of this address. BadStart where it is not one of this machine's.
    explicit UdpSocket(const protocol::IpAddress& address);
    UdpSocket(UdpSocket&& other) noexcept;
    UdpSocket& operator=(UdpSocket&& other) noexcept;
    UdpSocket(const UdpSocket&) = delete;
    UdpSocket& operator=(const UdpSocket&) = delete;
    ~UdpSocket();

    [[nodiscard]] int native_handle() const noexcept { return descriptor_; }
    [[nodiscard]] const protocol::Endpoint& local() const noexcept { return local_; }

private:
    int descriptor_ = -1;
    protocol::Endpoint local_;
};

// The address from which this machine would send there. BadStart where there is no way.
[[nodiscard]] protocol::IpAddress local_address_towards(const protocol::Endpoint& there);

// As large as the system lets it be, up to some megabytes.
void enlarge_buffers(int descriptor) noexcept;
// Several datagrams of one flow come as one (UDP_GRO), where the kernel can.
void coalesce_received(int descriptor) noexcept;
// What this socket had no room for, since it was made.
[[nodiscard]] std::uint64_t dropped_by(int descriptor) noexcept;

}  // namespace turnpike::bench
