// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/socket_options.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "server/net/socket_address.hpp"

namespace turnpike::net {

using boost::system::error_code;
using protocol::Endpoint;
using protocol::Family;

error_code last_error() noexcept {
    return {errno, boost::system::system_category()};
}

error_code set_option(const FileDescriptor& socket, int level, int name, int value) noexcept {
    if (::setsockopt(socket.get(), level, name, &value, sizeof value) != 0) return last_error();
    return {};
}

protocol::Result<FileDescriptor> open_socket(Family family, int type) {
    const int domain = family == Family::ipv4 ? AF_INET : AF_INET6;
    FileDescriptor socket{::socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!socket) return last_error();
    if (family == Family::ipv6) {
        if (const auto error = set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1)) return error;
    }
    return socket;
}

error_code bind_to(const FileDescriptor& socket, const Endpoint& endpoint) noexcept {
    const SocketAddress address{endpoint};
    if (::bind(socket.get(), address.data(), address.size()) != 0) return last_error();
    return {};
}

Endpoint bound_to(int socket) noexcept {
    SocketAddress address;
    socklen_t size = SocketAddress::capacity;
    if (::getsockname(socket, address.data(), &size) != 0) return {};
    return address.endpoint();
}

void set_buffers(const FileDescriptor& socket, int octets) noexcept {
    if (set_option(socket, SOL_SOCKET, SO_RCVBUFFORCE, octets)) {
        (void)set_option(socket, SOL_SOCKET, SO_RCVBUF, octets);
    }
    if (set_option(socket, SOL_SOCKET, SO_SNDBUFFORCE, octets)) {
        (void)set_option(socket, SOL_SOCKET, SO_SNDBUF, octets);
    }
}

void report_traffic_class(int socket, Family family) noexcept {
    const bool v4 = family == Family::ipv4;
    const int on = 1;
    (void)::setsockopt(socket, v4 ? IPPROTO_IP : IPPROTO_IPV6, v4 ? IP_RECVTOS : IPV6_RECVTCLASS,
                       &on, sizeof on);
}

void set_dont_fragment(int socket, Family family, bool dont_fragment) noexcept {
    const bool v4 = family == Family::ipv4;
    const int v4_value = dont_fragment ? IP_PMTUDISC_PROBE : IP_PMTUDISC_OMIT;
    const int v6_value = dont_fragment ? IPV6_PMTUDISC_PROBE : IPV6_PMTUDISC_DONT;
    const int value = v4 ? v4_value : v6_value;
    (void)::setsockopt(socket, v4 ? IPPROTO_IP : IPPROTO_IPV6,
                       v4 ? IP_MTU_DISCOVER : IPV6_MTU_DISCOVER, &value, sizeof value);
}

}  // namespace turnpike::net
