// SPDX-License-Identifier: BSD-3-Clause
//
// Where in the kernel a packet meets the relay: at the driver, or at tc's ingress.
#pragma once

#include <cstdint>

namespace turnpike::xdp {

enum class EntryPoint : std::uint8_t { xdp, tc };

// Of an attachment: there is one of ours at most.
struct LinkPlace {
    std::uint32_t interface = 0;
    EntryPoint entry = EntryPoint::xdp;

    constexpr bool operator==(const LinkPlace&) const noexcept = default;
};

}  // namespace turnpike::xdp
