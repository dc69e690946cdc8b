// SPDX-License-Identifier: BSD-3-Clause
//
// What drivers ask for before they take an XDP program that handles packets of one buffer, as ours
// does. The kernel cannot be asked for it: it stands in the drivers' sources, changes between
// versions, and is believed, not known. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/doctor/network_device.hpp"

namespace turnpike::doctor {

// The largest MTU, for pages of 4096 octets. None: no driver of this table.
[[nodiscard]] std::optional<std::uint32_t> xdp_mtu_max(std::string_view driver) noexcept;
// Known to have native XDP.
[[nodiscard]] bool has_native_xdp(std::string_view driver) noexcept;

struct Obstacle {
    std::string reason{};  // empty: there is none
    std::string advice{};
    bool operator==(const Obstacle&) const = default;
};

struct DeviceQuestion {
    std::string_view interface;
    std::uint32_t mtu = 0;
    std::uint32_t cpus = 1;
    const NetworkDevice& device;
};

// What the driver will have against a program.
[[nodiscard]] Obstacle refusal_of(const DeviceQuestion& question);
// What makes it slower than it could be, once the program is there.
[[nodiscard]] Obstacle brake_of(const DeviceQuestion& question);

}  // namespace turnpike::doctor
