// SPDX-License-Identifier: BSD-3-Clause
//
// One direction of a flow, as its packets leave: through which socket, to whom, behind which
// header. And an inlet: a socket on which packets arrive, and what stands around them. Both only
// borrow their sockets. Constant after construction, but for the sequence, which is the sender's.
#pragma once

#include <array>
#include <cstdint>

#include "bench/load/profile.hpp"
#include "bench/load/udp_socket.hpp"
#include "client/secure_channel.hpp"
#include "protocol/bytes.hpp"

namespace turnpike::bench {

// The longest header in front of a payload: a Send indication to an IPv6 peer.
inline constexpr std::size_t lane_header_octets_max = 64;

struct Lane {
    int descriptor = -1;
    SocketAddress destination{};  // none: the socket is connected
    std::array<std::byte, lane_header_octets_max> header{};
    std::size_t header_octets = 0;
    std::size_t frame_octets = 0;  // header, payload and padding
    client::SecureChannel* channel = nullptr;
    bool is_stream = false;
    std::uint32_t number = 0;  // in the tally
    std::uint64_t next = 0;    // sequence
    StreamShape shape{};       // where it has a rhythm of its own

    // In front of every payload of this many octets; those are padded where `pads`.
    void set_header(protocol::Bytes octets, std::size_t payload_octets, bool pads) noexcept;
};

struct Inlet {
    enum class Framing : std::uint8_t {
        bare,  // the payload, at a peer
        turn,  // ChannelData and Data indications, at a client
    };
    int descriptor = -1;
    Framing framing = Framing::bare;
    client::SecureChannel* channel = nullptr;
    bool is_stream = false;
};

}  // namespace turnpike::bench
