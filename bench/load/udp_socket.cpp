// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/udp_socket.hpp"

#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "bench/load/failure.hpp"

namespace turnpike::bench {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;

constexpr int buffer_octets = 8 << 20;

Endpoint endpoint_of(const sockaddr_storage& storage) {
    if (storage.ss_family == AF_INET6) {
        sockaddr_in6 address{};
        std::memcpy(&address, &storage, sizeof address);
        return {IpAddress::v6(std::as_bytes(std::span{address.sin6_addr.s6_addr})),
                ntohs(address.sin6_port)};
    }
    sockaddr_in address{};
    std::memcpy(&address, &storage, sizeof address);
    return {IpAddress::v4(ntohl(address.sin_addr.s_addr)), ntohs(address.sin_port)};
}

int open_socket(const IpAddress& address) {
    const int descriptor = ::socket(address.is_v6() ? AF_INET6 : AF_INET,
                                    SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) throw BadStart{std::string{"a socket: "} + std::strerror(errno)};
    return descriptor;
}

Endpoint local_endpoint(int descriptor) {
    sockaddr_storage storage{};
    socklen_t octets = sizeof storage;
    getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &octets);
    return endpoint_of(storage);
}

void enlarge(int descriptor, int forced, int asked) noexcept {
    // Beyond the system's limit for those who may; for others up to it.
    if (setsockopt(descriptor, SOL_SOCKET, forced, &buffer_octets, sizeof buffer_octets) == 0)
        return;
    setsockopt(descriptor, SOL_SOCKET, asked, &buffer_octets, sizeof buffer_octets);
}

}  // namespace

SocketAddress SocketAddress::of(const Endpoint& endpoint) noexcept {
    SocketAddress address;
    const auto octets = endpoint.address.octets();
    if (endpoint.address.is_v6()) {
        sockaddr_in6 v6{};
        v6.sin6_family = AF_INET6;
        v6.sin6_port = htons(endpoint.port);
        std::memcpy(&v6.sin6_addr, octets.data(), octets.size());
        std::memcpy(&address.storage, &v6, sizeof v6);
        address.octets = sizeof v6;
        return address;
    }
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, octets.data(), octets.size());
    std::memcpy(&address.storage, &v4, sizeof v4);
    address.octets = sizeof v4;
    return address;
}

UdpSocket::UdpSocket(const IpAddress& address) : descriptor_{open_socket(address)} {
    const auto wanted = SocketAddress::of({address, 0});
    if (bind(descriptor_, reinterpret_cast<const sockaddr*>(&wanted.storage), wanted.octets) != 0) {
        const int error = errno;
        close(std::exchange(descriptor_, -1));
        throw BadStart{"the peer's address " + address.to_string() + ": " + std::strerror(error)};
    }
    local_ = local_endpoint(descriptor_);
    enlarge_buffers(descriptor_);
}

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : descriptor_{std::exchange(other.descriptor_, -1)}, local_{other.local_} {}

UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    std::swap(local_, other.local_);
    return *this;
}

UdpSocket::~UdpSocket() {
    if (descriptor_ >= 0) close(descriptor_);
}

IpAddress local_address_towards(const Endpoint& there) {
    const int descriptor = open_socket(there.address);
    const auto address = SocketAddress::of(there);
    const bool connected = connect(descriptor, reinterpret_cast<const sockaddr*>(&address.storage),
                                   address.octets) == 0;
    const int error = errno;
    const IpAddress local = local_endpoint(descriptor).address;
    close(descriptor);
    if (!connected) throw BadStart{"no way to " + there.to_string() + ": " + std::strerror(error)};
    return local;
}

void enlarge_buffers(int descriptor) noexcept {
    enlarge(descriptor, SO_RCVBUFFORCE, SO_RCVBUF);
    enlarge(descriptor, SO_SNDBUFFORCE, SO_SNDBUF);
}

void coalesce_received(int descriptor) noexcept {
    const int on = 1;
    setsockopt(descriptor, SOL_UDP, UDP_GRO, &on, sizeof on);
}

std::uint64_t dropped_by(int descriptor) noexcept {
    std::array<std::uint32_t, SK_MEMINFO_VARS> information{};
    socklen_t octets = sizeof information;
    if (getsockopt(descriptor, SOL_SOCKET, SO_MEMINFO, information.data(), &octets) != 0) return 0;
    return information[SK_MEMINFO_DROPS];
}

}  // namespace turnpike::bench
