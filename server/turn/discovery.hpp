// SPDX-License-Identifier: BSD-3-Clause
//
// NAT behaviour discovery (RFC 5780): two addresses with the same two ports. A client that asks one
// of these four endpoints can have its answer come from another one, and learns from what arrives
// how its NAT maps and filters. Pure: which endpoint answers is decided here, and the worker sends.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocol/address.hpp"
#include "protocol/attributes.hpp"

namespace turnpike::turn {

struct Discovery {
    std::array<protocol::IpAddress, 2> addresses;
    std::array<std::uint16_t, 2> ports{};
    // Either lets a stranger decide where answers go or how large they are (section 10).
    bool padding = false;
    bool response_port = false;

    // Whether a request to this endpoint can be answered from another one.
    [[nodiscard]] bool takes_part(const protocol::Endpoint& endpoint) const noexcept;
    // The endpoint that differs from this one as told (section 6.1).
    [[nodiscard]] protocol::Endpoint changed(const protocol::Endpoint& endpoint,
                                             protocol::ChangeRequest change) const noexcept;
};

}  // namespace turnpike::turn
