// SPDX-License-Identifier: BSD-3-Clause
//
// How datagrams pass between this process and the kernel. `plain`: one system call for each, on any
// kernel. `mmsg`: one for a batch (recvmmsg, sendmmsg). `offload`: in a batch, what came from one
// sender at once comes as one (UDP_GRO) and what goes to one receiver at once goes as one
// (UDP_SEGMENT, Linux 4.18 and 5.0): bursts of media pass the kernel's network code once, not once
// a packet. ReceiveBatch and SendBatch behave alike over all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "protocol/packet.hpp"

namespace turnpike::net {

enum class PacketIo : std::uint8_t { plain, mmsg, offload };
[[nodiscard]] std::string_view to_string(PacketIo io) noexcept;

// The best that this kernel has, found by trying.
[[nodiscard]] PacketIo best_packet_io() noexcept;
[[nodiscard]] bool has_offload() noexcept;

// The socket hands over bursts as one datagram, which ReceiveBatch takes apart. Only sockets that
// are read by a ReceiveBatch: to anybody else it looks like a datagram that nobody sent.
void accept_bursts(int socket) noexcept;

inline constexpr std::size_t batch_size = 32;

// The largest UDP payload over either family fits, so that nothing is ever cut.
inline constexpr std::size_t datagram_octets_max = 65535;
// What the kernel makes one datagram of, and takes as one.
inline constexpr std::size_t burst_segments_max = 128;
inline constexpr std::size_t sent_segments_max = 64;
inline constexpr std::size_t segment_room = protocol::packet_headroom + protocol::packet_tailroom;
// With room around each datagram of the longest burst.
inline constexpr std::size_t buffer_octets =
    datagram_octets_max + burst_segments_max * segment_room;

}  // namespace turnpike::net
