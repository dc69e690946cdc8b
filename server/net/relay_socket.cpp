// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/relay_socket.hpp"

#include <sys/socket.h>

#include "server/net/socket_address.hpp"
#include "server/net/socket_options.hpp"

namespace turnpike::net {

namespace {
constexpr int relay_buffer_bytes = 1024 * 1024;
}

protocol::Result<FileDescriptor> open_relay_socket(const protocol::Endpoint& local) {
    const auto family = local.address.family();
    auto socket = open_socket(family, SOCK_DGRAM);
    if (!socket) return socket.error();
    set_dont_fragment(socket->get(), family, false);
    set_buffers(*socket, relay_buffer_bytes);
    if (const auto error = bind_to(*socket, local)) return error;
    return socket;
}

bool send_unfragmented(int socket, const protocol::Endpoint& peer,
                       protocol::Bytes payload) noexcept {
    const SocketAddress destination{peer};
    set_dont_fragment(socket, peer.address.family(), true);
    const auto sent = ::sendto(socket, payload.data(), payload.size(), MSG_DONTWAIT,
                               destination.data(), destination.size());
    set_dont_fragment(socket, peer.address.family(), false);
    return sent >= 0;
}

}  // namespace turnpike::net
