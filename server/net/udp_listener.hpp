// SPDX-License-Identifier: BSD-3-Clause
//
// A UDP socket that clients send to. Every worker opens its own on the same endpoint
// (SO_REUSEPORT). The kernel tells which local address each datagram was sent to, so that the
// answer leaves from there also where the socket is bound to a wildcard (RFC 8489 section 6.3.1.2).
#pragma once

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

// What a listener asks the kernel for, each way.
inline constexpr int listener_buffer_bytes = 4 * 1024 * 1024;

[[nodiscard]] protocol::Result<FileDescriptor> open_udp_listener(
    const protocol::Endpoint& endpoint);

// The options of the above, bound or not, but for SO_REUSEPORT: for a socket that others opened.
[[nodiscard]] boost::system::error_code prepare_udp_listener(const FileDescriptor& socket,
                                                             protocol::Family family) noexcept;

// Whether another process holds the endpoint: SO_REUSEPORT alone would share it in silence.
// `type` is SOCK_DGRAM or SOCK_STREAM.
[[nodiscard]] boost::system::error_code probe(const protocol::Endpoint& endpoint, int type);

}  // namespace turnpike::net
