// SPDX-License-Identifier: BSD-3-Clause
//
// A TCP socket that clients connect to. Every worker opens its own on the same endpoint
// (SO_REUSEPORT), and the kernel spreads connections over them.
#pragma once

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

[[nodiscard]] protocol::Result<FileDescriptor> open_tcp_listener(
    const protocol::Endpoint& endpoint);

struct Accepted {
    FileDescriptor socket;
    protocol::Endpoint client;
    protocol::Endpoint server;  // the address that the client connected to
};

// The next connection, non-blocking; EAGAIN when there is none. Descriptors may have run out: then
// waiting for readiness would spin, because the connection stays in the kernel's queue.
[[nodiscard]] protocol::Result<Accepted> accept_connection(int listener);
[[nodiscard]] bool out_of_descriptors(const boost::system::error_code& error) noexcept;

}  // namespace turnpike::net
