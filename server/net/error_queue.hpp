// SPDX-License-Identifier: BSD-3-Clause
//
// ICMP errors about datagrams that a relay socket sent, as the kernel keeps them for it. The kernel
// has matched each with the socket by what the error quotes: a UDP datagram from its address and
// port (RFC 8656 section 11.5). Owned by the socket's worker.
#pragma once

#include <optional>

#include "protocol/attributes.hpp"

namespace turnpike::net {

// The oldest error, taken out; none when there are no more. What this host itself has to say of a
// datagram (it is larger than the interface takes) is no ICMP and passed over.
[[nodiscard]] std::optional<protocol::IcmpError> next_icmp_error(int socket) noexcept;

}  // namespace turnpike::net
