// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's allocations, by five-tuple and by id.
#pragma once

#include <cstddef>

#include "server/turn/allocation.hpp"

namespace turnpike::turn {

class AllocationTable {
public:
    [[nodiscard]] std::size_t size() const noexcept { return 0; }
};

}  // namespace turnpike::turn
