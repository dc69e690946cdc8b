// SPDX-License-Identifier: BSD-3-Clause
//
// What an interface of this thread's network namespace had no room for when it arrived.
#pragma once

#include <cstdint>

namespace turnpike::wire {

// Since the interface was made; 0 where there is none.
[[nodiscard]] std::uint32_t drops_at(std::uint32_t interface);

}  // namespace turnpike::wire
