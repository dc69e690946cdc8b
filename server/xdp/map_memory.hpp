// SPDX-License-Identifier: BSD-3-Clause
//
// What the maps of the kernel's half take, all of it when they are made. Pure.
#pragma once

#include <cstdint>

#include "server/xdp/program.hpp"

namespace turnpike::xdp {

// What the kernel has around a key and a value of a hash map: a link, its hash, a bucket. As its
// own account says it (memlock in fdinfo, Linux 6.18).
constexpr std::uint64_t hash_entry_octets = 64;

[[nodiscard]] constexpr std::uint64_t map_octets(const Capacity& capacity) noexcept {
    return capacity.routes * (sizeof(RouteKey) + sizeof(RouteEntry) + hash_entry_octets) +
           capacity.sessions * sizeof(SessionSlot) + capacity.pools * sizeof(Pool) +
           capacity.hops * sizeof(Hop);
}

}  // namespace turnpike::xdp
