// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/record.hpp"

#include <algorithm>

namespace turnpike::worker {

namespace {

constexpr std::string_view digits = "0123456789abcdef";
constexpr std::size_t key_octets_max = 32;

}  // namespace

std::string hex_of(std::span<const std::byte> octets) {
    std::string text;
    text.reserve(2 * octets.size());
    for (const std::byte octet : octets) {
        text += digits[std::to_integer<std::size_t>(octet >> 4U)];
        text += digits[std::to_integer<std::size_t>(octet & std::byte{0xF})];
    }
    return text;
}

bool read_hex(std::string_view text, std::span<std::byte> octets) {
    if (text.size() != 2 * octets.size()) return false;
    for (std::size_t index = 0; index < octets.size(); ++index) {
        const auto high = digits.find(text[2 * index]);
        const auto low = digits.find(text[2 * index + 1]);
        if (high == std::string_view::npos || low == std::string_view::npos) return false;
        octets[index] = static_cast<std::byte>(high << 4U | low);
    }
    return true;
}

bool record::read_key(std::string_view text, protocol::Key& key) {
    std::array<std::byte, key_octets_max> octets{};
    const std::size_t size = text.size() / 2;
    if (size > octets.size() || !read_hex(text, std::span{octets}.first(size))) return false;
    key = protocol::Key{std::span{octets}.first(size)};
    return true;
}

}  // namespace turnpike::worker
