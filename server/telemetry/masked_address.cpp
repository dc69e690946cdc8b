// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/masked_address.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace turnpike::telemetry {
namespace {

[[nodiscard]] bool is_word(std::string_view text) {
    return std::ranges::all_of(text, [](char octet) { return octet >= 'a' && octet <= 'z'; });
}

[[nodiscard]] std::string_view without_port(std::string_view text) {
    if (text.starts_with('[')) return text.substr(1, std::min(text.find(']'), text.size()) - 1);
    const auto colon = text.find(':');
    const bool is_only_one = colon != text.npos && text.find(':', colon + 1) == text.npos;
    return is_only_one ? text.substr(0, colon) : text;
}

[[nodiscard]] std::string network_of(std::span<const std::uint8_t, 4> v4) {
    return fmt::format("{}.{}.{}.x", v4[0], v4[1], v4[2]);
}

[[nodiscard]] unsigned group(std::span<const std::uint8_t, 16> v6, std::size_t index) {
    return (unsigned{v6[2 * index]} << 8U) | v6[2 * index + 1];
}

}  // namespace

std::string masked_address(std::string_view text) {
    if (is_word(text)) return std::string{text};
    const std::string host{without_port(text)};
    std::array<std::uint8_t, 16> octets{};
    const auto all = std::span{octets};
    if (::inet_pton(AF_INET, host.c_str(), octets.data()) == 1) return network_of(all.first<4>());
    if (::inet_pton(AF_INET6, host.c_str(), octets.data()) != 1) return "masked";
    constexpr std::array<std::uint8_t, 12> mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (std::ranges::equal(all.first<12>(), mapped)) return network_of(all.last<4>());
    return fmt::format("{:x}:{:x}:{:x}::x", group(all, 0), group(all, 1), group(all, 2));
}

}  // namespace turnpike::telemetry
