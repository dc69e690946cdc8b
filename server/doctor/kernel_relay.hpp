// SPDX-License-Identifier: BSD-3-Clause
//
// Whether the kernel can relay what it may, by which way, and what that takes. Nothing of it is
// ever a problem: where the kernel does not relay, sockets do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/config/config.hpp"
#include "server/doctor/finding.hpp"
#include "server/doctor/kernel_interface.hpp"
#include "server/doctor/rights.hpp"
#include "server/worker/relay_directory.hpp"
#include "server/xdp/program.hpp"

namespace turnpike::doctor {

// Of the program, by a load that is undone at once.
enum class Trial : std::uint8_t {
    untried,  // for want of rights
    taken,
    refused,
};

struct KernelRelayFacts {
    config::Acceleration wanted{};
    std::uint32_t channels = 0;
    xdp::Capacity capacity{};
    std::string trouble{};  // why the interfaces are not known
    std::vector<InterfaceFacts> interfaces{};
    Circumstances around{};
    RightFacts rights{};
    Trial trial{};
    std::string last_words{};    // of the kernel, where it refused
    bool sees_programs = false;  // by their names
};

// With `relays` as gather_relay_addresses() has them.
[[nodiscard]] KernelRelayFacts gather_kernel_relay(const config::Config& config,
                                                   const std::vector<worker::RelayAddress>& relays,
                                                   const std::optional<PortHolder>& server);
[[nodiscard]] Findings judge_kernel_relay(const KernelRelayFacts& facts);

}  // namespace turnpike::doctor
