// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/error_queue.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include <linux/errqueue.h>

#include "server/net/socket_address.hpp"

namespace turnpike::net {

using protocol::IcmpError;

namespace {

// The error itself, and behind it in the same message the address of who sent it.
constexpr std::size_t control_octets =
    CMSG_SPACE(sizeof(sock_extended_err) + sizeof(sockaddr_in6)) + 64;

std::optional<protocol::Icmp> icmp_of(const cmsghdr& control) noexcept {
    const bool v4 = control.cmsg_level == IPPROTO_IP && control.cmsg_type == IP_RECVERR;
    const bool v6 = control.cmsg_level == IPPROTO_IPV6 && control.cmsg_type == IPV6_RECVERR;
    if (!v4 && !v6) return std::nullopt;
    sock_extended_err error{};
    std::memcpy(&error, CMSG_DATA(&control), sizeof error);
    if (error.ee_origin != (v4 ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6)) return std::nullopt;
    return protocol::Icmp{error.ee_type, error.ee_code, error.ee_info};
}

// An error whose message found no room in the queue would be reported for ever.
void forget_error(int socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    (void)::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
}

}  // namespace

std::optional<IcmpError> next_icmp_error(int socket) noexcept {
    while (true) {
        SocketAddress destination;  // of the datagram that the error quotes
        alignas(cmsghdr) std::array<std::byte, control_octets> controls{};
        msghdr header{};
        header.msg_name = destination.data();
        header.msg_namelen = SocketAddress::capacity;
        header.msg_control = controls.data();
        header.msg_controllen = controls.size();
        if (::recvmsg(socket, &header, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
            forget_error(socket);
            return std::nullopt;
        }
        for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
             control = CMSG_NXTHDR(&header, control)) {
            if (const auto icmp = icmp_of(*control))
                return IcmpError{destination.endpoint(), *icmp};
        }
    }
}

}  // namespace turnpike::net
