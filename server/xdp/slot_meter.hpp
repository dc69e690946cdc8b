// SPDX-License-Identifier: BSD-3-Clause
//
// A slot as relay::Account shares it: the same numbers in the same order.
#pragma once

#include <cstddef>
#include <type_traits>

#include "server/relay/meter.hpp"
#include "server/xdp/route_abi.h"

namespace turnpike::xdp {

static_assert(std::is_same_v<__u64, unsigned long long> && sizeof(__u64) == sizeof(std::uint64_t));
static_assert(offsetof(WayOfSession, octets) == offsetof(relay::WayMeter, octets) &&
              offsetof(WayOfSession, packets) == offsetof(relay::WayMeter, packets) &&
              offsetof(WayOfSession, full_ns) == offsetof(relay::WayMeter, full) &&
              offsetof(WayOfSession, last_media_ns) == offsetof(relay::WayMeter, last_media));
static_assert(offsetof(SessionSlot, next_media_second_ns) - offsetof(SessionSlot, first_media_ns) ==
                  offsetof(relay::MediaMeter, next_second) &&
              offsetof(SessionSlot, media_seconds) - offsetof(SessionSlot, first_media_ns) ==
                  offsetof(relay::MediaMeter, seconds));
static_assert(TURNPIKE_WAY_CLOSED == relay::WayMeter::closed);

// It lives as long as the slot's memory.
[[nodiscard]] inline relay::Meter meter_of(SessionSlot& slot) noexcept {
    return {.ways = {reinterpret_cast<relay::WayMeter*>(&slot.ways[way_to_peer]),
                     reinterpret_cast<relay::WayMeter*>(&slot.ways[way_from_peer])},
            .media = reinterpret_cast<relay::MediaMeter*>(&slot.first_media_ns),
            .octets_here = reinterpret_cast<std::uint64_t*>(&slot.octets_elsewhere)};
}

}  // namespace turnpike::xdp
