// SPDX-License-Identifier: BSD-3-Clause
//
// Two ends of a TCP connection over loopback, non-blocking, as the relay's sockets are; with small
// buffers where a test wants to fill them.
#pragma once

#include <sys/socket.h>

#include <string>
#include <string_view>

#include "protocol/bytes.hpp"
#include "server/net/socket_address.hpp"
#include "server/net/socket_options.hpp"
#include "server/net/tcp_listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::test {

struct TcpPair {
    explicit TcpPair(int buffer_bytes = 0) {
        const auto listener = net::open_tcp_listener(endpoint("127.0.0.1:0"));
        REQUIRE(listener.has_value());
        if (buffer_bytes != 0) net::set_buffers(*listener, buffer_bytes);
        near = *net::open_socket(protocol::Family::ipv4, SOCK_STREAM);
        if (buffer_bytes != 0) net::set_buffers(near, buffer_bytes);
        const net::SocketAddress address{net::bound_to(listener->get())};
        (void)::connect(near.get(), address.data(), address.size());
        REQUIRE(wait_for(listener->get(), POLLIN));
        far = std::move(net::accept_connection(listener->get())->socket);
        REQUIRE(wait_for(near.get(), POLLOUT));
    }

    // The relay's end and the other's.
    net::FileDescriptor near;
    net::FileDescriptor far;
};

inline std::size_t send_some(const net::FileDescriptor& socket, std::string_view text) {
    const auto count = ::send(socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return count < 0 ? 0 : static_cast<std::size_t>(count);
}
// What is there; empty where there is nothing now, or nothing more.
inline std::string receive_some(const net::FileDescriptor& socket) {
    std::string text(262144, '\0');
    const auto count = ::recv(socket.get(), text.data(), text.size(), MSG_DONTWAIT);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return text;
}
inline bool at_end(const net::FileDescriptor& socket) {
    char octet = 0;
    return wait_for(socket.get(), POLLIN) && ::recv(socket.get(), &octet, 1, 0) == 0;
}
// Octets that tell a loss, a repetition or a wrong order.
inline std::string pattern(std::size_t size, std::uint64_t seed = 1) {
    std::string text(size, '\0');
    for (char& octet : text) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        octet = static_cast<char>(seed >> 56U);
    }
    return text;
}

}  // namespace turnpike::test
