// SPDX-License-Identifier: BSD-3-Clause
//
// A CIDR block, optionally narrowed to a range of ports: "10.0.0.0/8", "2001:db8::/32",
// "192.0.2.1" (the one address), "192.0.2.0/24:5000-6000", "[2001:db8::]/32:443".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/address.hpp"

namespace turnpike::protocol {

struct Subnet {
    IpAddress network;
    std::uint8_t prefix = 0;  // bits: at most 32 or 128 by family
    std::uint16_t port_min = 0;
    std::uint16_t port_max = 65535;

    // None when the text is malformed, the prefix too long, or bits are set below the prefix.
    [[nodiscard]] static std::optional<Subnet> parse(std::string_view text);
    [[nodiscard]] bool contains(const IpAddress& address) const noexcept;  // same family only
    [[nodiscard]] bool contains(const Endpoint& endpoint) const noexcept;  // and the port in range
    [[nodiscard]] std::string to_string() const;

    constexpr auto operator<=>(const Subnet&) const noexcept = default;
};

}  // namespace turnpike::protocol
