// SPDX-License-Identifier: BSD-3-Clause
//
// By what one interface's packets would be relayed, by the server's own rule
// (server/xdp/choice.hpp) and as far as can be seen without attaching anything: that would disturb
// a card that is at work.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "server/doctor/finding.hpp"
#include "server/doctor/network_device.hpp"
#include "server/doctor/rights.hpp"
#include "server/xdp/choice.hpp"
#include "server/xdp/device_features.hpp"
#include "server/xdp/present_programs.hpp"

namespace turnpike::doctor {

struct InterfaceFacts {
    xdp::Link link;
    std::string master{};  // the bridge, bond or VRF that it is a part of; empty: none
    NetworkDevice device{};
    std::optional<xdp::DeviceFeatures> features{};  // none: the kernel does not say
    std::optional<xdp::PresentProgram> xdp{};       // that is there now
    std::vector<xdp::PresentProgram> tcx{};         // as far as we may see
};
[[nodiscard]] InterfaceFacts gather_interface(const xdp::Link& link,
                                              std::span<const xdp::Interface> all);

// What is the same for all interfaces.
struct Circumstances {
    std::optional<xdp::EntryPoint> wanted{};  // none: whichever is good
    KernelVersion kernel{};
    bool has_tcx = false;
    bool is_served = false;  // by a server that runs: what is there of Turnpike's is its
    std::uint32_t cpus = 1;
};

struct Forecast {
    std::optional<xdp::EntryPoint> entry{};  // none: sockets
    std::string reason{};                    // why nothing better; empty: there is none
    std::string advice{};
    bool operator==(const Forecast&) const = default;
};
[[nodiscard]] Forecast foretell(const InterfaceFacts& facts, const Circumstances& around);
// "XDP", "tc", "sockets".
[[nodiscard]] std::string_view name_of(const std::optional<xdp::EntryPoint>& entry) noexcept;

// A program of Turnpike's is there now.
[[nodiscard]] bool is_at_work(const InterfaceFacts& facts);

[[nodiscard]] Findings judge_interface(const InterfaceFacts& facts, const Circumstances& around);

}  // namespace turnpike::doctor
