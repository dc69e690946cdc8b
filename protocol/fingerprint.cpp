// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/fingerprint.hpp"

#include <array>

namespace turnpike::protocol {
namespace {

constexpr std::uint32_t fingerprint_mask = 0x5354554E;  // "STUN"

constexpr std::array<std::uint32_t, 256> crc_table = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t index = 0; index < table.size(); ++index) {
        std::uint32_t value = index;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1U) : value >> 1U;
        }
        table[index] = value;
    }
    return table;
}();

}  // namespace

std::uint32_t crc32(Bytes octets) noexcept {
    std::uint32_t value = 0xFFFFFFFFU;
    for (const std::byte octet : octets) {
        value = crc_table[(value ^ std::to_integer<std::uint32_t>(octet)) & 0xFFU] ^ (value >> 8U);
    }
    return ~value;
}

std::uint32_t compute_fingerprint(Bytes octets) noexcept {
    return crc32(octets) ^ fingerprint_mask;
}

}  // namespace turnpike::protocol
