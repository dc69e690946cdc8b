// SPDX-License-Identifier: BSD-3-Clause
//
// The UDP socket of one relayed transport address. It is never shared: an address that anyone holds
// is an error, and the caller tries another port. ICMP errors wait in its error queue; none ends
// it, and SendBatch and ReceiveBatch see to it that none costs a datagram.
#pragma once

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

[[nodiscard]] protocol::Result<FileDescriptor> open_relay_socket(const protocol::Endpoint& local);

}  // namespace turnpike::net
