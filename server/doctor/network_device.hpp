// SPDX-License-Identifier: BSD-3-Clause
//
// What the driver of an interface says of itself, as the ethtool program asks it. Needs no rights.
// A value; whatever the driver does not say is left out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace turnpike::doctor {

// A merging of packets that is done before XDP sees them.
enum class Offload : std::uint8_t {
    off,
    on,
    fixed_on,  // and ethtool cannot turn it off
};

struct Queues {
    std::uint32_t receive = 0;  // in use, as those below
    std::uint32_t send = 0;
    std::uint32_t combined = 0;  // of `receive` and `send`: these are pairs
    std::uint32_t combined_max = 0;
    bool operator==(const Queues&) const = default;
};

struct NetworkDevice {
    std::string driver{};
    std::optional<Queues> queues{};       // none: the driver has no way to tell
    Offload lro = Offload::off;           // "rx-lro", of the driver
    Offload hardware_gro = Offload::off;  // "rx-gro-hw", of the device
    bool operator==(const NetworkDevice&) const = default;
};

[[nodiscard]] NetworkDevice gather_device(std::string_view interface);

// "2 of 4 queues"; where they are no pairs: "1 rx and 2 tx queues".
[[nodiscard]] std::string to_string(const Queues& queues);

}  // namespace turnpike::doctor
