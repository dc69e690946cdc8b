// SPDX-License-Identifier: BSD-3-Clause
//
// Octets written as hexadecimal text; blanks and line ends mean nothing.
#pragma once

#include <cctype>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.hpp"

namespace turnpike::test {

using Octets = std::vector<std::byte>;

[[nodiscard]] inline Octets hex(std::string_view text) {
    std::string digits;
    for (const char character : text) {
        if (std::isspace(static_cast<unsigned char>(character)) != 0) continue;
        if (std::isxdigit(static_cast<unsigned char>(character)) == 0) {
            throw std::invalid_argument{"not hexadecimal"};
        }
        digits += character;
    }
    Octets octets;
    for (std::size_t index = 0; index + 1 < digits.size(); index += 2) {
        octets.push_back(static_cast<std::byte>(std::stoi(digits.substr(index, 2), nullptr, 16)));
    }
    return octets;
}

[[nodiscard]] inline std::string to_hex(protocol::Bytes octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte octet : octets) {
        text += digits[std::to_integer<std::size_t>(octet >> 4)];
        text += digits[std::to_integer<std::size_t>(octet & std::byte{0x0F})];
    }
    return text;
}

[[nodiscard]] inline Octets copy_of(protocol::Bytes octets) {
    return {octets.begin(), octets.end()};
}

}  // namespace turnpike::test
