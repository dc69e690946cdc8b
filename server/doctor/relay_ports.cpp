// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/relay_ports.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace turnpike::doctor {
namespace {

constexpr std::string_view check = "relay ports";

// The ports of the range that the kernel draws from for whoever asks for none in particular.
std::size_t shared_ports(const config::PortRange& ports, const config::Surroundings& around) {
    std::size_t shared = 0;
    for (unsigned port = ports.min; port <= ports.max; ++port) {
        const auto number = static_cast<std::uint16_t>(port);
        const bool is_reserved = std::ranges::any_of(
            around.reserved_ports,
            [&](const config::PortRange& range) { return range.contains(number); });
        if (!is_reserved && around.ephemeral_ports->contains(number)) ++shared;
    }
    return shared;
}

}  // namespace

Findings judge_relay_ports(const config::PortRange& ports, const config::Surroundings& around) {
    const unsigned count = static_cast<unsigned>(ports.max - ports.min) + 1;
    const std::string range = fmt::format("{} ports, {} to {}", count, ports.min, ports.max);
    if (!around.ephemeral_ports) return {well(check, range)};
    const std::size_t shared = shared_ports(ports, around);
    if (shared == 0) {
        return {well(check, range + ", which the kernel gives to no other program by itself")};
    }
    return {{.grade = Grade::warning,
             .check = check,
             .seen = fmt::format("{}; the kernel gives {} of them to other programs too", range,
                                 shared),
             .advice = fmt::format("`sysctl -w net.ipv4.ip_local_reserved_ports={}-{}`, and the "
                                   "same in a file of /etc/sysctl.d; or choose relay.ports outside "
                                   "of {} to {}",
                                   ports.min, ports.max, around.ephemeral_ports->min,
                                   around.ephemeral_ports->max)}};
}

}  // namespace turnpike::doctor
