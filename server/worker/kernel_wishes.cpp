// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/kernel_wishes.hpp"

namespace turnpike::worker {

std::optional<xdp::EntryPoint> wanted_entry(config::Acceleration wanted) noexcept {
    if (wanted == config::Acceleration::xdp) return xdp::EntryPoint::xdp;
    if (wanted == config::Acceleration::tc) return xdp::EntryPoint::tc;
    return std::nullopt;
}

// Most allocations have one channel or two, most users one allocation or two.
xdp::Capacity capacity_for(std::uint32_t channels) noexcept {
    return {.routes = 2 * channels, .sessions = channels / 2, .pools = channels / 2 + 1};
}

std::vector<protocol::IpAddress> kernel_addresses(const config::Listen& listen,
                                                  const std::vector<RelayAddress>& relays) {
    std::vector<protocol::IpAddress> addresses;
    for (const protocol::Endpoint& each : listen.udp) addresses.push_back(each.address);
    for (const RelayAddress& each : relays) addresses.push_back(each.local);
    return addresses;
}

}  // namespace turnpike::worker
