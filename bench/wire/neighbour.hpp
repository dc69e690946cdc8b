// SPDX-License-Identifier: BSD-3-Clause
//
// Who is at the other end of an interface, as a command line says it, and what is written in front
// of a packet for them. BadStart where there is no such interface.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "bench/wire/abi.h"

namespace turnpike::wire {

using Mac = std::array<std::uint8_t, 6>;

struct Neighbour {
    std::uint32_t interface = 0;
    Mac mac{};
    Mac own_mac{};  // of the interface
};

// "INTERFACE=MAC".
[[nodiscard]] Neighbour neighbour_of(const std::string& text);
// What comes through the first one's interface leaves by the other's.
[[nodiscard]] WireWay way_between(const Neighbour& from, const Neighbour& to) noexcept;

}  // namespace turnpike::wire
