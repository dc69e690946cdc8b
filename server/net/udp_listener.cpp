// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/udp_listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "server/net/socket_options.hpp"

namespace turnpike::net {

protocol::Result<FileDescriptor> open_udp_listener(const protocol::Endpoint& endpoint) {
    const auto family = endpoint.address.family();
    auto socket = open_socket(family, SOCK_DGRAM);
    if (!socket) return socket.error();
    if (const auto error = set_option(*socket, SOL_SOCKET, SO_REUSEPORT, 1)) return error;
    if (const auto error = prepare_udp_listener(*socket, family)) return error;
    if (const auto error = bind_to(*socket, endpoint)) return error;
    return socket;
}

boost::system::error_code prepare_udp_listener(const FileDescriptor& socket,
                                               protocol::Family family) noexcept {
    const bool v4 = family == protocol::Family::ipv4;
    if (const auto error = set_option(socket, v4 ? IPPROTO_IP : IPPROTO_IPV6,
                                      v4 ? IP_PKTINFO : IPV6_RECVPKTINFO, 1)) {
        return error;
    }
    set_dont_fragment(socket.get(), family, false);
    set_buffers(socket, listener_buffer_bytes);
    return {};
}

boost::system::error_code probe(const protocol::Endpoint& endpoint, int type) {
    auto socket = open_socket(endpoint.address.family(), type);
    if (!socket) return socket.error();
    if (type == SOCK_STREAM) {
        // Connections of an earlier run may linger; only a listener counts.
        if (const auto error = set_option(*socket, SOL_SOCKET, SO_REUSEADDR, 1)) return error;
    }
    return bind_to(*socket, endpoint);
}

}  // namespace turnpike::net
