// SPDX-License-Identifier: BSD-3-Clause
//
// A frame as a socket of turnpike-bench sends it, with a payload of zeros, and whether the UDP
// checksum of such a frame is right. Its own checksum is not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace turnpike::test {

struct FrameShape {
    bool v6 = false;
    bool channel = false;
    std::size_t payload_octets = 172;
};

class FrameWriter {
public:
    void octet(unsigned value) { octets.push_back(static_cast<std::byte>(value)); }
    void word(std::size_t value) {
        octet(static_cast<unsigned>(value >> 8U) & 0xFFU);
        octet(static_cast<unsigned>(value) & 0xFFU);
    }
    void repeat(std::size_t count, unsigned value) {
        for (std::size_t each = 0; each < count; ++each) octet(value);
    }
    std::vector<std::byte> octets;
};

inline std::vector<std::byte> bench_frame(const FrameShape& shape) {
    const std::size_t udp = 8 + (shape.channel ? 4 : 0) + shape.payload_octets;
    FrameWriter frame;
    frame.repeat(12, 0x02);
    frame.word(shape.v6 ? 0x86DD : 0x0800);
    frame.word(shape.v6 ? 0x6000 : 0x4500);
    if (shape.v6) {
        frame.word(0);
        frame.word(udp);
        frame.word(17U << 8U | 64U);
        frame.repeat(16, 0x21);
        frame.repeat(16, 0x22);
    } else {
        frame.word(20 + udp);
        frame.word(1);
        frame.word(0);
        frame.word(64U << 8U | 17U);
        frame.word(0);
        frame.repeat(4, 10);
        frame.repeat(4, 11);
    }
    frame.word(40'001);
    frame.word(3478);
    frame.word(udp);
    frame.word(0xBAD0);
    if (shape.channel) {
        frame.word(0x4000);
        frame.word(shape.payload_octets);
    }
    frame.repeat(shape.payload_octets, 0);
    return frame.octets;
}

// RFC 768, RFC 8200 section 8.1: the pseudo header and all of UDP come to 0xFFFF.
inline bool has_right_checksum(std::span<const std::byte> frame, bool v6) {
    const std::size_t addresses = v6 ? 22 : 26;
    const std::size_t udp = v6 ? 54 : 34;
    std::uint64_t sum = 17 + frame.size() - udp;
    for (std::size_t at = addresses; at < frame.size(); ++at) {
        const auto octet = std::to_integer<std::uint64_t>(frame[at]);
        sum += (at - addresses) % 2 == 0 ? octet << 8U : octet;
    }
    while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16U);
    return sum == 0xFFFF;
}

}  // namespace turnpike::test
