// SPDX-License-Identifier: BSD-3-Clause
//
// SharedLimits in the kernel's pools: one memory, charged by both relays. Where the pools are all
// taken, on the heap: sessions with such limits are relayed by user space. Whoever uses it locks;
// the pools belong to a Program, which outlives it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>

#include "server/relay/limits_home.hpp"
#include "server/xdp/route_abi.h"

namespace turnpike::xdp {

class PoolStore final : public relay::LimitsHome {
public:
    // The first pool is nobody's.
    explicit PoolStore(std::span<Pool> pools);

    [[nodiscard]] relay::SharedLimits* make() override;
    void give_back(relay::SharedLimits* limits) noexcept override;

    // Which pool it is; of no limits none, which is 0. Nothing where they are on the heap.
    // Thread-safe.
    [[nodiscard]] std::optional<std::uint32_t> index_of(
        const relay::SharedLimits* limits) const noexcept;

private:
    std::span<Pool> pools_;
    std::deque<std::uint32_t> free_;  // taken in front, so that one is used again as late as can be
    relay::HeapLimits heap_;
};

}  // namespace turnpike::xdp
