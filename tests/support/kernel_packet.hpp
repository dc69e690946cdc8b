// SPDX-License-Identifier: BSD-3-Clause
//
// Whole Ethernet frames with a UDP datagram in them: made, and read again. Checksums are computed
// here octet by octet, by nothing that the relay has.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "protocol/address.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::test {

using Mac = std::array<std::uint8_t, 6>;

enum class Sum : std::uint8_t {
    right,
    wrong,
    none,      // 0
    unfilled,  // the pseudo header's alone: left to a network card
};

struct Frame {
    Mac to{};
    Mac from{2, 0, 0, 0, 0, 9};
    protocol::Endpoint source{};
    protocol::Endpoint destination{};
    Octets payload{};
    std::uint8_t traffic_class = 0;
    std::uint8_t hop_limit = 64;
    bool dont_fragment = true;
    std::uint32_t flow_label = 0;
    Sum checksum = Sum::right;
};

class FrameWriter {
public:
    void number(std::size_t value, int octets) {
        for (int index = octets - 1; index >= 0; --index) {
            octets_.push_back(static_cast<std::byte>(value >> (8 * static_cast<unsigned>(index))));
        }
    }
    void raw(protocol::Bytes octets) {
        octets_.insert(octets_.end(), octets.begin(), octets.end());
    }
    void raw(const Mac& mac) { raw(std::as_bytes(std::span{mac})); }
    [[nodiscard]] Octets take() { return std::move(octets_); }

private:
    Octets octets_;
};

// RFC 1071, as it is written there.
[[nodiscard]] inline std::uint16_t internet_sum(protocol::Bytes octets) {
    std::uint32_t total = 0;
    for (std::size_t index = 0; index < octets.size(); ++index) {
        const auto octet = std::to_integer<std::uint32_t>(octets[index]);
        total += index % 2 == 0 ? octet << 8U : octet;
    }
    while (total > 0xFFFF) total = (total & 0xFFFF) + (total >> 16U);
    return static_cast<std::uint16_t>(total);
}

// The pseudo header of RFC 768 and RFC 8200 section 8.1.
[[nodiscard]] inline Octets pseudo_header(const protocol::IpAddress& source,
                                          const protocol::IpAddress& destination,
                                          std::size_t udp_octets) {
    FrameWriter writer;
    writer.raw(source.octets());
    writer.raw(destination.octets());
    writer.number(udp_octets, 4);
    writer.number(17, 4);
    return writer.take();
}

[[nodiscard]] inline std::uint16_t udp_checksum(const Frame& frame, protocol::Bytes udp) {
    Octets all = pseudo_header(frame.source.address, frame.destination.address, udp.size());
    if (frame.checksum == Sum::none) return 0;
    if (frame.checksum == Sum::unfilled) return internet_sum(all);
    all.insert(all.end(), udp.begin(), udp.end());
    auto checksum = static_cast<std::uint16_t>(~internet_sum(all));
    if (checksum == 0) checksum = 0xFFFF;
    return frame.checksum == Sum::wrong ? static_cast<std::uint16_t>(checksum ^ 0x0100U) : checksum;
}

[[nodiscard]] inline Octets udp_of(const Frame& frame, std::uint16_t checksum) {
    FrameWriter writer;
    writer.number(frame.source.port, 2);
    writer.number(frame.destination.port, 2);
    writer.number(8 + frame.payload.size(), 2);
    writer.number(checksum, 2);
    writer.raw(frame.payload);
    return writer.take();
}

[[nodiscard]] inline Octets v4_header(const Frame& frame, std::size_t udp_octets,
                                      std::uint16_t checksum) {
    FrameWriter writer;
    writer.number(0x45, 1);
    writer.number(frame.traffic_class, 1);
    writer.number(20 + udp_octets, 2);
    writer.number(0, 2);
    writer.number(frame.dont_fragment ? 0x4000 : 0, 2);
    writer.number(frame.hop_limit, 1);
    writer.number(17, 1);
    writer.number(checksum, 2);
    writer.raw(frame.source.address.octets());
    writer.raw(frame.destination.address.octets());
    return writer.take();
}

[[nodiscard]] inline Octets encode(const Frame& frame) {
    const Octets udp = udp_of(frame, udp_checksum(frame, udp_of(frame, 0)));
    FrameWriter writer;
    writer.raw(frame.to);
    writer.raw(frame.from);
    if (frame.source.address.is_v4()) {
        writer.number(0x0800, 2);
        const auto sum = internet_sum(v4_header(frame, udp.size(), 0));
        writer.raw(v4_header(frame, udp.size(), static_cast<std::uint16_t>(~sum)));
    } else {
        writer.number(0x86DD, 2);
        writer.number(6U << 28U | std::size_t{frame.traffic_class} << 20U | frame.flow_label, 4);
        writer.number(udp.size(), 2);
        writer.number(17, 1);
        writer.number(frame.hop_limit, 1);
        writer.raw(frame.source.address.octets());
        writer.raw(frame.destination.address.octets());
    }
    writer.raw(udp);
    return writer.take();
}

// `padding` octets behind the payload, none of them zero.
[[nodiscard]] inline Octets channel_data(std::uint16_t number, protocol::Bytes payload,
                                         std::size_t padding = 0) {
    FrameWriter writer;
    writer.number(number, 2);
    writer.number(payload.size(), 2);
    writer.raw(payload);
    for (std::size_t index = 0; index < padding; ++index) writer.number(0xA1 + index, 1);
    return writer.take();
}

[[nodiscard]] inline Octets some_payload(std::size_t octets) {
    Octets payload;
    for (std::size_t index = 0; index < octets; ++index) {
        payload.push_back(static_cast<std::byte>(0x80U + index * 7U));
    }
    return payload;
}

[[nodiscard]] inline std::size_t number_at(protocol::Bytes octets, std::size_t at, int size) {
    std::size_t value = 0;
    for (int index = 0; index < size; ++index) {
        value = value << 8U |
                std::to_integer<std::size_t>(octets[at + static_cast<std::size_t>(index)]);
    }
    return value;
}

[[nodiscard]] inline Mac mac_at(protocol::Bytes octets, std::size_t at) {
    Mac mac{};
    for (std::size_t index = 0; index < mac.size(); ++index) {
        mac[index] = std::to_integer<std::uint8_t>(octets[at + index]);
    }
    return mac;
}

// What is wrong about the UDP checksum, as a receiver sees it.
[[nodiscard]] inline Sum checksum_state(const Frame& frame, protocol::Bytes udp) {
    if (number_at(udp, 6, 2) == 0) return Sum::none;
    Octets all = pseudo_header(frame.source.address, frame.destination.address, udp.size());
    all.insert(all.end(), udp.begin(), udp.end());
    return internet_sum(all) == 0xFFFF ? Sum::right : Sum::wrong;
}

// None: a header that contradicts the frame's length, or an IPv4 header whose checksum is wrong.
[[nodiscard]] inline std::optional<Frame> decode(protocol::Bytes octets) {
    if (octets.size() < 14) return std::nullopt;
    const bool v4 = number_at(octets, 12, 2) == 0x0800;
    const std::size_t ip = v4 ? 20 : 40;
    if (octets.size() < 14 + ip + 8 || (!v4 && number_at(octets, 12, 2) != 0x86DD)) {
        return std::nullopt;
    }
    Frame frame{.to = mac_at(octets, 0), .from = mac_at(octets, 6)};
    const protocol::Bytes header = octets.subspan(14, ip);
    const protocol::Bytes udp = octets.subspan(14 + ip);
    if (v4) {
        if (internet_sum(header) != 0xFFFF || number_at(header, 0, 1) != 0x45) return std::nullopt;
        if (number_at(header, 2, 2) != header.size() + udp.size()) return std::nullopt;
        frame.traffic_class = static_cast<std::uint8_t>(number_at(header, 1, 1));
        frame.dont_fragment = number_at(header, 6, 2) != 0;
        frame.hop_limit = static_cast<std::uint8_t>(number_at(header, 8, 1));
        frame.source.address = protocol::IpAddress::v4(header.subspan(12).first<4>());
        frame.destination.address = protocol::IpAddress::v4(header.subspan(16).first<4>());
    } else {
        if (number_at(header, 4, 2) != udp.size()) return std::nullopt;
        frame.traffic_class = static_cast<std::uint8_t>(number_at(header, 0, 4) >> 20U);
        frame.flow_label = static_cast<std::uint32_t>(number_at(header, 0, 4) & 0xFFFFF);
        frame.hop_limit = static_cast<std::uint8_t>(number_at(header, 7, 1));
        frame.source.address = protocol::IpAddress::v6(header.subspan(8).first<16>());
        frame.destination.address = protocol::IpAddress::v6(header.subspan(24).first<16>());
        frame.dont_fragment = false;
    }
    if (number_at(udp, 4, 2) != udp.size()) return std::nullopt;
    frame.source.port = static_cast<std::uint16_t>(number_at(udp, 0, 2));
    frame.destination.port = static_cast<std::uint16_t>(number_at(udp, 2, 2));
    frame.payload = copy_of(udp.subspan(8));
    frame.checksum = checksum_state(frame, udp);
    return frame;
}

}  // namespace turnpike::test
