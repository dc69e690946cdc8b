// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/peer_socket.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "server/net/socket_address.hpp"
#include "server/net/socket_options.hpp"

namespace turnpike::net {
namespace {

// Peers that wait to be accepted; each costs the kernel memory.
constexpr int backlog = 64;

// A host that went without a word is found out after about three minutes of silence.
constexpr int keepalive_idle_seconds = 120;
constexpr int keepalive_interval_seconds = 20;
constexpr int keepalive_probes = 3;

}  // namespace

// SO_REUSEADDR alone when it is bound: what an earlier connection left in TIME_WAIT does not
// matter, but a listener of any program does. SO_REUSEPORT comes afterwards, and lets our own
// connections share the port with it; the kernel asks for the same user.
protocol::Result<FileDescriptor> open_peer_listener(const protocol::Endpoint& local) {
    auto socket = open_socket(local.address.family(), SOCK_STREAM);
    if (!socket) return socket.error();
    if (const auto error = set_option(*socket, SOL_SOCKET, SO_REUSEADDR, 1)) return error;
    if (const auto error = bind_to(*socket, local)) return error;
    if (::listen(socket->get(), backlog) != 0) return last_error();
    if (const auto error = set_option(*socket, SOL_SOCKET, SO_REUSEPORT, 1)) return error;
    return socket;
}

protocol::Result<FileDescriptor> connect_to_peer(const protocol::Endpoint& local,
                                                 const protocol::Endpoint& peer) {
    auto socket = open_socket(local.address.family(), SOCK_STREAM);
    if (!socket) return socket.error();
    for (const int option : {SO_REUSEADDR, SO_REUSEPORT}) {
        if (const auto error = set_option(*socket, SOL_SOCKET, option, 1)) return error;
    }
    set_stream_options(*socket);
    if (const auto error = bind_to(*socket, local)) return error;
    const SocketAddress address{peer};
    if (::connect(socket->get(), address.data(), address.size()) != 0 && errno != EINPROGRESS) {
        return last_error();
    }
    return socket;
}

boost::system::error_code connect_error(int socket) noexcept {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return last_error();
    return {error, boost::system::system_category()};
}

void set_stream_options(const FileDescriptor& socket) noexcept {
    (void)set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    (void)set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
    (void)set_option(socket, IPPROTO_TCP, TCP_KEEPIDLE, keepalive_idle_seconds);
    (void)set_option(socket, IPPROTO_TCP, TCP_KEEPINTVL, keepalive_interval_seconds);
    (void)set_option(socket, IPPROTO_TCP, TCP_KEEPCNT, keepalive_probes);
}

}  // namespace turnpike::net
