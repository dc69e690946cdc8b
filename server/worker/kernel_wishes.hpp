// SPDX-License-Identifier: BSD-3-Clause
//
// What the configuration wants of the kernel, in the kernel half's own words. Pure; for the server
// that asks for it and for the doctor that looks whether it can be had.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "server/config/config.hpp"
#include "server/worker/relay_directory.hpp"
#include "server/xdp/program.hpp"

namespace turnpike::worker {

// Of relay.acceleration, where it is not off. None: whichever is good.
[[nodiscard]] std::optional<xdp::EntryPoint> wanted_entry(config::Acceleration wanted) noexcept;

// Of relay.kernel_channels.
[[nodiscard]] xdp::Capacity capacity_for(std::uint32_t channels) noexcept;

// What packets that the kernel may relay are sent to: of listeners and of relays.
[[nodiscard]] std::vector<protocol::IpAddress> kernel_addresses(
    const config::Listen& listen, const std::vector<RelayAddress>& relays);

}  // namespace turnpike::worker
