// SPDX-License-Identifier: BSD-3-Clause
//
// What a datagram or stream begins with, by its first byte (RFC 7983 section 7, RFC 8656 section
// 12).
#pragma once

#include <cstdint>

#include "protocol/bytes.hpp"

namespace turnpike::protocol {

enum class Kind : std::uint8_t {
    stun,          // 0-3
    channel_data,  // 64-79, and 80-127 where RFC 5766's whole channel range is served
    dtls,          // 20-63
    junk,          // everything else, and nothing at all
};

enum class ChannelRange : std::uint8_t {
    rfc5766,  // 0x4000-0x7FFE
    rfc8656,  // 0x4000-0x4FFF
};

[[nodiscard]] Kind classify(Bytes datagram, ChannelRange channels) noexcept;

inline constexpr std::uint16_t channel_min = 0x4000;
[[nodiscard]] constexpr std::uint16_t channel_max(ChannelRange channels) noexcept {
    return channels == ChannelRange::rfc5766 ? 0x7FFE : 0x4FFF;
}

}  // namespace turnpike::protocol
