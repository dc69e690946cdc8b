// SPDX-License-Identifier: BSD-3-Clause
//
// Why a packet was not relayed. Each has a counter; none is ever logged per packet.
#pragma once

#include <cstddef>
#include <cstdint>

namespace turnpike::relay {

enum class Drop : std::uint8_t {
    no_allocation,  // the five-tuple has none
    no_channel,     // the channel is not bound, or its binding expired
    no_permission,  // the peer has none, or it expired (RFC 8656 sections 9 and 11.3)
    wrong_family,   // the allocation has no relayed address of the peer's family
    malformed,      // ChannelData that is longer than its datagram
    too_big,        // the framed packet would not fit what carries it
    bandwidth,      // over the allocation's rate
    bytes,          // over the allocation's byte budget
    deadline,       // the grant's deadline has passed
    icmp_type,      // an ICMP message that clients are not told of (RFC 8656 section 11.5)
    client_away,    // the client's connection is gone, and only a ticket brings it back (RFC 8016)
};
inline constexpr std::size_t drop_reasons = 11;

}  // namespace turnpike::relay
