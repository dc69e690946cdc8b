// SPDX-License-Identifier: BSD-3-Clause
//
// Interfaces of this thread's network namespace, by their index.
#pragma once

#include <cstdint>

#include "protocol/address.hpp"

namespace turnpike::wire {

// What had no room there when it arrived, since it was made; 0 where there is no such interface.
[[nodiscard]] std::uint32_t drops_at(std::uint32_t interface);
// That which has this address; 0: none has.
[[nodiscard]] std::uint32_t interface_with(const protocol::IpAddress& address);

}  // namespace turnpike::wire
