// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/relay_socket.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include "server/net/socket_options.hpp"

namespace turnpike::net {

namespace {
constexpr int relay_buffer_bytes = 1024 * 1024;
}

protocol::Result<FileDescriptor> open_relay_socket(const protocol::Endpoint& local) {
    const auto family = local.address.family();
    auto socket = open_socket(family, SOCK_DGRAM);
    if (!socket) return socket.error();
    const bool v4 = family == protocol::Family::ipv4;
    if (const auto error = set_option(*socket, v4 ? IPPROTO_IP : IPPROTO_IPV6,
                                      v4 ? IP_RECVERR : IPV6_RECVERR, 1)) {
        return error;
    }
    set_dont_fragment(socket->get(), family, false);
    set_buffers(*socket, relay_buffer_bytes);
    if (const auto error = bind_to(*socket, local)) return error;
    return socket;
}

}  // namespace turnpike::net
