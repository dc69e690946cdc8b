// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/device_features.hpp"

#include <linux/genetlink.h>

namespace turnpike::xdp {

namespace {

// linux/netdev.h of Linux 6.3.
constexpr const char* family_name = "netdev";
constexpr std::uint8_t command_dev_get = 1;          // NETDEV_CMD_DEV_GET
constexpr std::uint16_t attribute_ifindex = 1;       // NETDEV_A_DEV_IFINDEX
constexpr std::uint16_t attribute_xdp_features = 3;  // NETDEV_A_DEV_XDP_FEATURES
constexpr std::uint64_t act_basic = 1;               // NETDEV_XDP_ACT_BASIC
constexpr std::uint64_t act_redirect = 2;            // NETDEV_XDP_ACT_REDIRECT
constexpr std::uint64_t act_ndo_xmit = 4;            // NETDEV_XDP_ACT_NDO_XMIT
constexpr std::uint64_t act_rx_sg = 32;              // NETDEV_XDP_ACT_RX_SG

// A family's number is given out when the kernel starts.
std::optional<std::uint16_t> look_up_family(Netlink& netlink) {
    NetlinkRequest request{GENL_ID_CTRL, 0};
    auto& header = request.begin_with<genlmsghdr>();
    header.cmd = CTRL_CMD_GETFAMILY;
    header.version = 1;
    mnl_attr_put_strz(&request.header(), CTRL_ATTR_FAMILY_NAME, family_name);
    std::optional<std::uint16_t> number;
    const auto error = netlink.ask(request, [&](const nlmsghdr& message) {
        if (header_of<genlmsghdr>(message) == nullptr) return;
        visit_attributes<genlmsghdr>(message, [&](const nlattr& attribute) {
            const bool is_it = mnl_attr_get_type(&attribute) == CTRL_ATTR_FAMILY_ID &&
                               mnl_attr_get_payload_len(&attribute) >= sizeof(std::uint16_t);
            if (is_it) number = mnl_attr_get_u16(&attribute);
        });
    });
    return error ? std::nullopt : number;
}

}  // namespace

std::optional<DeviceFeatures> look_up_features(std::uint32_t interface) {
    auto netlink = Netlink::open(NETLINK_GENERIC);
    if (!netlink) return std::nullopt;
    const auto family = look_up_family(*netlink);
    if (!family) return std::nullopt;
    NetlinkRequest request{*family, 0};
    auto& header = request.begin_with<genlmsghdr>();
    header.cmd = command_dev_get;
    header.version = 1;
    mnl_attr_put_u32(&request.header(), attribute_ifindex, interface);
    std::optional<DeviceFeatures> found;
    const auto error = netlink->ask(request, [&](const nlmsghdr& message) {
        if (header_of<genlmsghdr>(message) == nullptr) return;
        visit_attributes<genlmsghdr>(message, [&](const nlattr& attribute) {
            const bool is_it = mnl_attr_get_type(&attribute) == attribute_xdp_features &&
                               mnl_attr_get_payload_len(&attribute) >= sizeof(std::uint64_t);
            if (is_it) found = features_of(mnl_attr_get_u64(&attribute));
        });
    });
    return error ? std::nullopt : found;
}

DeviceFeatures features_of(std::uint64_t bits) noexcept {
    return {.basic = (bits & act_basic) != 0,
            .redirect = (bits & act_redirect) != 0,
            .sends = (bits & act_ndo_xmit) != 0,
            .takes_pieces = (bits & act_rx_sg) != 0};
}

std::string to_string(const DeviceFeatures& features) {
    std::string text;
    const auto add = [&text](bool has, const char* name) {
        if (!has) return;
        if (!text.empty()) text += ' ';
        text += name;
    };
    add(features.basic, "basic");
    add(features.redirect, "redirect");
    add(features.sends, "ndo_xmit");
    add(features.takes_pieces, "rx_sg");
    return text.empty() ? "none" : text;
}

}  // namespace turnpike::xdp
