// SPDX-License-Identifier: BSD-3-Clause
//
// ChannelData: four octets in front of the payload (RFC 8656 section 12.4).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   |         Channel Number        |            Length             |
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/bytes.hpp"

namespace turnpike::protocol {

inline constexpr std::size_t channel_header_octets = 4;

struct ChannelData {
    std::uint16_t number = 0;
    Bytes payload;  // without padding; lives as long as the datagram

    // None when the length inside says more than there is. More octets than it says are padding
    // (sections 12.5 and 12.6).
    [[nodiscard]] static std::optional<ChannelData> decode(Bytes datagram) noexcept;
};

// Writes the header for `payload_octets` of payload.
void encode_channel_header(std::span<std::byte, channel_header_octets> header, std::uint16_t number,
                           std::uint16_t payload_octets) noexcept;

// What streams round up to (section 12.5).
[[nodiscard]] constexpr std::size_t padded(std::size_t octets) noexcept {
    return (octets + 3U) & ~std::size_t{3};
}

}  // namespace turnpike::protocol
