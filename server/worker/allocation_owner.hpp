// SPDX-License-Identifier: BSD-3-Clause
//
// The name of an allocation tells which worker has it: that stands on top, so that workers need no
// common counter, and whoever is shown a name knows where to ask.
#pragma once

#include <cstdint>

#include "protocol/allocation_id.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

inline constexpr unsigned owner_shift = 48;

[[nodiscard]] constexpr protocol::AllocationId name_allocation(WorkerIndex owner,
                                                               std::uint64_t count) noexcept {
    return static_cast<protocol::AllocationId>((std::uint64_t{owner} << owner_shift) | count);
}

[[nodiscard]] constexpr WorkerIndex owner_of(protocol::AllocationId id) noexcept {
    return static_cast<WorkerIndex>(static_cast<std::uint64_t>(id) >> owner_shift);
}

}  // namespace turnpike::worker
