// SPDX-License-Identifier: BSD-3-Clause
//
// Sockets opened with the options that all of ours have in common, and the few that differ.
#pragma once

#include <boost/system/error_code.hpp>

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

// Non-blocking, closed on exec, IPV6_V6ONLY; not yet bound. `type` is SOCK_DGRAM or SOCK_STREAM.
[[nodiscard]] protocol::Result<FileDescriptor> open_socket(protocol::Family family, int type);

[[nodiscard]] boost::system::error_code set_option(const FileDescriptor& socket, int level,
                                                   int name, int value) noexcept;
[[nodiscard]] boost::system::error_code bind_to(const FileDescriptor& socket,
                                                const protocol::Endpoint& endpoint) noexcept;
// What the socket is bound to, with the port that the kernel chose.
[[nodiscard]] protocol::Endpoint bound_to(int socket) noexcept;

// Room for bursts; past the system's limit where we are privileged, else up to it.
void set_buffers(const FileDescriptor& socket, int octets) noexcept;

// RFC 8656 section 14: DF stays clear, or is set; Linux sets it on UDP unless told otherwise. What
// the kernel believes of a path's MTU counts for nothing where that can be: each datagram with DF
// goes out and meets the router that has something to say about it, and an ICMP error that anyone
// may have forged makes no fragments. (Over IPv6 nobody else can fragment, so there the kernel
// minds it where DF is not asked for.)
void set_dont_fragment(int socket, protocol::Family family, bool dont_fragment) noexcept;

// Every datagram is received with its DSCP and ECN from now on.
void report_traffic_class(int socket, protocol::Family family) noexcept;

// errno as a value.
[[nodiscard]] boost::system::error_code last_error() noexcept;

}  // namespace turnpike::net
