// SPDX-License-Identifier: BSD-3-Clause
//
// Cuts a byte stream into STUN messages and ChannelData (RFC 8489 section 6.2.2, RFC 8656 section
// 12.5). Stateless: the connection keeps its own buffer and asks what stands at its front, so
// nothing is copied and no length is trusted twice.
#pragma once

#include <cstdint>

#include "protocol/bytes.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/classify.hpp"
#include "protocol/message.hpp"

namespace turnpike::protocol {

// The longest message a stream may carry, padding included.
inline constexpr std::size_t frame_octets_max = message_octets_max;
static_assert(frame_octets_max >= padded(channel_header_octets + 0xFFFF));

struct Frame {
    enum class State : std::uint8_t {
        incomplete,  // need `octets` in all before asking again (at least one more than there are)
        complete,    // `message` is whole; `octets` are to be consumed, padding included
        broken,      // cannot resynchronise: close the connection
    };
    State state = State::incomplete;
    Kind kind = Kind::junk;  // stun or channel_data once known
    std::size_t octets = 0;
    Bytes message;  // without ChannelData's padding; lives as long as the buffer
};

// STUN is broken where the length is no multiple of four or the cookie is wrong as soon as its
// octets are there; channel data where the number is out of `channels`.
[[nodiscard]] Frame next_frame(Bytes stream, ChannelRange channels) noexcept;

}  // namespace turnpike::protocol
