// SPDX-License-Identifier: BSD-3-Clause
//
// The UDP socket of one relayed transport address. It is never shared: an address that anyone holds
// is an error, and the caller tries another port. ICMP errors do not reach it (IP_RECVERR stays
// off), so none ends it or costs a datagram.
#pragma once

#include "protocol/address.hpp"
#include "protocol/bytes.hpp"
#include "protocol/result.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::net {

[[nodiscard]] protocol::Result<FileDescriptor> open_relay_socket(const protocol::Endpoint& local);

// One datagram with DF set (RFC 8656 sections 11.2 and 14). False where it could not be sent.
[[nodiscard]] bool send_unfragmented(int socket, const protocol::Endpoint& peer,
                                     protocol::Bytes payload) noexcept;

}  // namespace turnpike::net
