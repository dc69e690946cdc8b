// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/frame.hpp"

#include <array>
#include <cassert>
#include <cstring>

namespace turnpike::wire {
namespace {

constexpr std::size_t ethernet_octets = 14;
constexpr std::size_t v4_octets = 20;
constexpr std::size_t v6_octets = 40;
constexpr std::size_t udp_octets = 8;
constexpr std::size_t channel_octets = 4;
constexpr std::size_t stamp_octets = 24;
constexpr std::uint16_t type_v4 = 0x0800;
constexpr std::uint16_t type_v6 = 0x86DD;
constexpr std::uint8_t protocol_udp = 17;

std::uint16_t word(protocol::Bytes octets, std::size_t at) {
    return static_cast<std::uint16_t>(std::to_integer<unsigned>(octets[at]) << 8U |
                                      std::to_integer<unsigned>(octets[at + 1]));
}

unsigned octet(protocol::Bytes octets, std::size_t at) {
    return std::to_integer<unsigned>(octets[at]);
}

bool is_v6(protocol::Bytes octets) {
    return word(octets, ethernet_octets - 2) == type_v6;
}

std::optional<std::size_t> udp_of(protocol::Bytes octets) {
    if (octets.size() < ethernet_octets + v4_octets + udp_octets) return std::nullopt;
    if (word(octets, 12) == type_v4) {
        const bool plain = octet(octets, ethernet_octets) == 0x45;
        const bool udp = octet(octets, ethernet_octets + 9) == protocol_udp;
        return plain && udp ? std::optional{ethernet_octets + v4_octets} : std::nullopt;
    }
    if (word(octets, 12) != type_v6 || octet(octets, ethernet_octets + 6) != protocol_udp) {
        return std::nullopt;
    }
    return ethernet_octets + v6_octets;
}

// RFC 1071, of words as the processor has them in memory.
std::uint32_t sum_of(protocol::Bytes octets) {
    std::uint32_t sum = 0;
    for (std::size_t at = 0; at + 1 < octets.size(); at += 2) {
        std::uint16_t each = 0;
        std::memcpy(&each, octets.data() + at, sizeof each);
        sum += each;
    }
    return sum;
}

}  // namespace

std::optional<Frame> parse_frame(protocol::Bytes octets) {
    const auto udp = udp_of(octets);
    if (!udp || octets.size() < *udp + udp_octets + stamp_octets) return std::nullopt;
    if (word(octets, *udp + 4) != octets.size() - *udp) return std::nullopt;
    std::size_t payload = *udp + udp_octets;
    // RFC 8656 section 12: a number of a channel, and the length of what follows.
    const bool numbered = octet(octets, payload) >= 0x40 && octet(octets, payload) < 0x50;
    const std::size_t behind = octets.size() - payload - channel_octets;
    if (numbered && word(octets, payload + 2) == behind) payload += channel_octets;
    if (octets.size() < payload + stamp_octets) return std::nullopt;
    return Frame{.checksum_at = static_cast<std::uint32_t>(*udp + 6),
                 .payload_at = static_cast<std::uint32_t>(payload)};
}

WireLane lane_of(protocol::Bytes octets, const Frame& frame) {
    assert(frame.payload_at <= wire_head_octets_max);
    WireLane lane{};
    std::memcpy(lane.head, octets.data(), frame.payload_at);
    const std::size_t udp = frame.checksum_at - 6;
    const std::size_t addresses = is_v6(octets) ? 32 : 8;
    const std::array<std::byte, 4> pseudo{std::byte{0}, std::byte{protocol_udp}, octets[udp + 4],
                                          octets[udp + 5]};
    lane.sum = sum_of(octets.subspan(udp - addresses, addresses)) + sum_of(pseudo) +
               sum_of(octets.subspan(udp, 6)) +
               sum_of(octets.subspan(udp + udp_octets, frame.payload_at - udp - udp_octets));
    return lane;
}

}  // namespace turnpike::wire
