// SPDX-License-Identifier: BSD-3-Clause
//
// The rules that take more than one option to judge. Pure: what they need to know of the machine
// comes in as a value.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/config/config.hpp"

namespace turnpike::config {

// What the kernel of this machine is set to.
struct Surroundings {
    std::optional<PortRange> ephemeral_ports{};  // net.ipv4.ip_local_port_range
    std::vector<PortRange> reserved_ports{};     // net.ipv4.ip_local_reserved_ports
};

enum class Severity : std::uint8_t { warning, error };

struct Finding {
    Severity severity = Severity::error;
    std::string_view key;  // whose place in the file is shown
    std::string what;
    bool operator==(const Finding&) const = default;
};

[[nodiscard]] std::vector<Finding> validate(const Config& config, const Surroundings& around);

}  // namespace turnpike::config
