// SPDX-License-Identifier: BSD-3-Clause
//
// The name of an allocation tells which worker has it: that stands on top, so that workers need no
// common counter, and whoever is shown a name knows where to ask.
#pragma once

#include <cstdint>

#include "protocol/address.hpp"
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

// A relay socket as one number: its allocation, and which of its two. The owner's highest bit is
// left out, and no server has so many workers.
struct RelayName {
    protocol::AllocationId allocation{};
    protocol::Family family = protocol::Family::ipv4;

    [[nodiscard]] constexpr std::uint64_t packed() const noexcept {
        return (static_cast<std::uint64_t>(allocation) << 1U) |
               (family == protocol::Family::ipv6 ? 1U : 0U);
    }
    [[nodiscard]] static constexpr RelayName unpack(std::uint64_t packed) noexcept {
        return {static_cast<protocol::AllocationId>(packed >> 1U),
                (packed & 1U) != 0 ? protocol::Family::ipv6 : protocol::Family::ipv4};
    }
};

}  // namespace turnpike::worker
