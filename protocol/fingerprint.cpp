// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/fingerprint.hpp"

#include <array>
#include <utility>

namespace turnpike::protocol {
namespace {

constexpr std::uint32_t fingerprint_mask = 0x5354554E;  // "STUN"

// Row n is the checksum of an octet with n zeros behind it: eight octets then cost eight lookups
// that do not wait for each other.
constexpr std::size_t slice = 8;
constexpr auto crc_tables = [] {
    std::array<std::array<std::uint32_t, 256>, slice> tables{};
    for (std::uint32_t index = 0; index < 256; ++index) {
        std::uint32_t value = index;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1U) : value >> 1U;
        }
        tables[0][index] = value;
    }
    for (std::size_t row = 1; row < slice; ++row) {
        for (std::size_t index = 0; index < 256; ++index) {
            const std::uint32_t before = tables[row - 1][index];
            tables[row][index] = (before >> 8U) ^ tables[0][before & 0xFFU];
        }
    }
    return tables;
}();

// One expression rather than a loop, which g++ 12 does not unroll.
template <std::size_t... Index>
constexpr std::uint32_t slice_of(std::uint32_t value, Bytes octets,
                                 std::index_sequence<Index...>) noexcept {
    const std::uint64_t mask = value;  // so that the last four octets are masked with zeros
    return (... ^ crc_tables[slice - 1 - Index][(std::to_integer<std::uint64_t>(octets[Index]) ^
                                                 (mask >> (8U * Index))) &
                                                0xFFU]);
}

constexpr std::uint32_t checksum(Bytes octets) noexcept {
    std::uint32_t value = 0xFFFFFFFFU;
    for (; octets.size() >= slice; octets = octets.subspan(slice)) {
        value = slice_of(value, octets, std::make_index_sequence<slice>{});
    }
    for (const std::byte octet : octets) {
        value =
            crc_tables[0][(value ^ std::to_integer<std::uint32_t>(octet)) & 0xFFU] ^ (value >> 8U);
    }
    return ~value;
}

// The check value of this CRC, over "123456789".
constexpr std::array check_octets{std::byte{0x31}, std::byte{0x32}, std::byte{0x33},
                                  std::byte{0x34}, std::byte{0x35}, std::byte{0x36},
                                  std::byte{0x37}, std::byte{0x38}, std::byte{0x39}};
static_assert(checksum(check_octets) == 0xCBF43926);

}  // namespace

std::uint32_t crc32(Bytes octets) noexcept {
    return checksum(octets);
}

std::uint32_t compute_fingerprint(Bytes octets) noexcept {
    return crc32(octets) ^ fingerprint_mask;
}

}  // namespace turnpike::protocol
