// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/tcp_listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "server/net/socket_address.hpp"
#include "server/net/socket_options.hpp"

namespace turnpike::net {

protocol::Result<FileDescriptor> open_tcp_listener(const protocol::Endpoint& endpoint) {
    auto socket = open_socket(endpoint.address.family(), SOCK_STREAM);
    if (!socket) return socket.error();
    for (const int option : {SO_REUSEADDR, SO_REUSEPORT}) {
        if (const auto error = set_option(*socket, SOL_SOCKET, option, 1)) return error;
    }
    if (const auto error = bind_to(*socket, endpoint)) return error;
    if (::listen(socket->get(), SOMAXCONN) != 0) return last_error();
    return socket;
}

protocol::Result<Accepted> accept_connection(int listener) {
    SocketAddress client;
    socklen_t size = SocketAddress::capacity;
    FileDescriptor socket{::accept4(listener, client.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (!socket) return last_error();
    // Media cannot wait for an acknowledgement before it leaves.
    (void)set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    const protocol::Endpoint server = bound_to(socket.get());
    return Accepted{std::move(socket), client.endpoint(), server};
}

bool out_of_descriptors(const boost::system::error_code& error) noexcept {
    return error.value() == EMFILE || error.value() == ENFILE || error.value() == ENOBUFS ||
           error.value() == ENOMEM;
}

}  // namespace turnpike::net
