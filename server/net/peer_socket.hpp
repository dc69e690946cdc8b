// SPDX-License-Identifier: BSD-3-Clause
//
// The TCP sockets of one relayed transport address (RFC 6062): a listener, and connections to peers
// that leave from the same address and port. The port is nobody else's: another listener on it is
// an error, and the caller tries another port.
#pragma once

#include <boost/system/error_code.hpp>

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

[[nodiscard]] protocol::Result<FileDescriptor> open_peer_listener(const protocol::Endpoint& local);

// A connection that has begun, from an address that open_peer_listener() holds. It is writable when
// it has succeeded or failed.
[[nodiscard]] protocol::Result<FileDescriptor> connect_to_peer(const protocol::Endpoint& local,
                                                               const protocol::Endpoint& peer);
// Which of them: nothing for a success.
[[nodiscard]] boost::system::error_code connect_error(int socket) noexcept;

// Nothing waits for more to be sent with it, and a host that is gone is noticed.
void set_stream_options(const FileDescriptor& socket) noexcept;

}  // namespace turnpike::net
