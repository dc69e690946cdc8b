// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/driver_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace turnpike::doctor {
namespace {

struct Rule {
    std::string_view driver;
    std::uint32_t mtu_max;       // 0: not known
    bool refuses_lro = false;    // has to be turned off by hand
    bool halves_queues = false;  // each queue in use needs a second one for XDP
};

// Of a page: Ethernet's header, 256 octets in front and 320 behind are taken. Beside each row its
// source of Linux 6.1 to 6.12.
constexpr std::array rules{
    Rule{"bnxt_en", 3502},                                              // BNXT_MAX_PAGE_MODE_MTU
    Rule{.driver = "ena", .mtu_max = 3498, .halves_queues = true},      // ENA_XDP_MAX_MTU
    Rule{.driver = "gve", .mtu_max = 2032, .halves_queues = true},      // gve_set_xdp, verify_xdp_
    Rule{.driver = "hv_netvsc", .mtu_max = 3506, .refuses_lro = true},  // netvsc_xdp_set
    Rule{"i40e", 3046},                                                 // I40E_RXBUFFER_3072
    Rule{"ice", 3046},                                                  // ICE_RXBUF_3072
    Rule{"igb", 0},
    Rule{"igc", 1500},                                                  // igc_xdp_set_prog
    Rule{"ixgbe", 3046},                                                // ixgbe_max_xdp_frame_size
    Rule{.driver = "mlx5_core", .mtu_max = 3498, .refuses_lro = true},  // mlx5e_xdp_allowed
    Rule{"tun", 0},
    Rule{"veth", 3506},        // veth_xdp_set
    Rule{"virtio_net", 3506},  // virtnet_xdp_set
};

const Rule* rule_of(std::string_view driver) noexcept {
    const auto place = std::ranges::find(rules, driver, &Rule::driver);
    return place == rules.end() ? nullptr : &*place;
}

Obstacle refusal_by_offloads(const DeviceQuestion& question, const Rule& rule) {
    const NetworkDevice& device = question.device;
    // Where it can be turned off, virtio_net does so by itself.
    if (rule.driver == "virtio_net" && device.hardware_gro == Offload::fixed_on) {
        return {.reason = "its host merges packets, and this system cannot turn that off",
                .advice =
                    "the host has to offer ctrl_guest_offloads, or none of guest_csum, "
                    "guest_tso4, guest_tso6, guest_ecn and guest_ufo"};
    }
    if (!rule.refuses_lro || device.lro == Offload::off) return {};
    return {.reason = fmt::format("LRO is on, and {} takes no XDP with it", rule.driver),
            .advice = fmt::format("`ethtool -K {} lro off`", question.interface)};
}

Obstacle refusal_by_mtu(const DeviceQuestion& question, const Rule& rule) {
    if (rule.mtu_max == 0 || question.mtu <= rule.mtu_max) return {};
    // There it is the other end's that counts.
    const std::string_view too = rule.driver == "veth" ? ", and the same at the other end" : "";
    return {
        .reason = fmt::format("its MTU is {}, and {} is believed to take XDP up to {}",
                              question.mtu, rule.driver, rule.mtu_max),
        .advice = fmt::format("`ip link set {} mtu {}`{}", question.interface, rule.mtu_max, too)};
}

Obstacle refusal_by_queues(const DeviceQuestion& question, const Rule& rule) {
    const auto& queues = question.device.queues;
    if (!rule.halves_queues || !queues || queues->combined_max < 2) return {};
    if (queues->combined <= queues->combined_max / 2) return {};
    return {.reason = fmt::format("{} of its {} queues are in use, and {} is believed to take XDP "
                                  "with half of them",
                                  queues->combined, queues->combined_max, rule.driver),
            .advice = fmt::format("`ethtool -L {} combined {}`", question.interface,
                                  queues->combined_max / 2)};
}

}  // namespace

std::optional<std::uint32_t> xdp_mtu_max(std::string_view driver) noexcept {
    const Rule* const rule = rule_of(driver);
    if (rule == nullptr || rule->mtu_max == 0) return std::nullopt;
    return rule->mtu_max;
}

bool has_native_xdp(std::string_view driver) noexcept {
    return rule_of(driver) != nullptr;
}

Obstacle refusal_of(const DeviceQuestion& question) {
    const Rule* const rule = rule_of(question.device.driver);
    if (rule == nullptr) return {};
    for (const auto refusal : {refusal_by_offloads, refusal_by_mtu, refusal_by_queues}) {
        if (Obstacle found = refusal(question, *rule); !found.reason.empty()) return found;
    }
    return {};
}

// virtnet_xdp_set: beside the queues in use one for each CPU to send by, or all share what there is
// behind a lock.
Obstacle brake_of(const DeviceQuestion& question) {
    const auto& queues = question.device.queues;
    if (question.device.driver != "virtio_net" || !queues) return {};
    if (queues->combined + question.cpus <= queues->combined_max) return {};
    Obstacle brake{.reason = fmt::format("XDP wants {} queues to send by, one for each CPU, beside "
                                         "the {} in use, and there are {} in all: CPUs share "
                                         "queues behind a lock",
                                         question.cpus, queues->combined, queues->combined_max)};
    if (queues->combined_max > question.cpus) {
        brake.advice = fmt::format("`ethtool -L {} combined {}`", question.interface,
                                   queues->combined_max - question.cpus);
    } else {
        brake.advice = fmt::format(
            "give the virtual machine's network device {} queues where it "
            "is busy, if its host lets you",
            2 * question.cpus);
    }
    return brake;
}

}  // namespace turnpike::doctor
