// SPDX-License-Identifier: BSD-3-Clause
//
// What a driver can do for XDP, as the kernel itself says since Linux 6.3: the netdev family of
// generic netlink. Needs no rights. Some drivers send for XDP only once a program is on them, and
// say so only then.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "server/xdp/netlink.hpp"

namespace turnpike::xdp {

// enum netdev_xdp_act of linux/netdev.h, which is newer than Debian 12's headers.
struct DeviceFeatures {
    bool basic = false;         // NETDEV_XDP_ACT_BASIC: pass, drop, send back by where it came
    bool redirect = false;      // ..._REDIRECT: on by another interface
    bool sends = false;         // ..._NDO_XMIT: what was redirected from others
    bool takes_pieces = false;  // ..._RX_SG: packets of several buffers
    bool operator==(const DeviceFeatures&) const noexcept = default;
};

// None: the kernel is older, or the interface is gone.
[[nodiscard]] std::optional<DeviceFeatures> look_up_features(std::uint32_t interface);

[[nodiscard]] DeviceFeatures features_of(std::uint64_t bits) noexcept;
// "basic redirect ndo_xmit rx_sg", or "none".
[[nodiscard]] std::string to_string(const DeviceFeatures& features);

}  // namespace turnpike::xdp
