// SPDX-License-Identifier: BSD-3-Clause
//
// SharedLimits in the kernel's pools: one memory, charged by both relays. Where the pools are all
// taken, on the heap: sessions with such limits are relayed by user space. Pools that a process
// before this one used are handed out to the same users and calls again, with what was used of
// them. Whoever uses it locks; the pools belong to a Program, which outlives it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "server/relay/limits_home.hpp"
#include "server/xdp/route_abi.h"

namespace turnpike::xdp {

class PoolStore final : public relay::LimitsHome {
public:
    // The first pool is nobody's.
    explicit PoolStore(std::span<Pool> pools);

    struct Inherited {
        relay::LimitsOwner::Kind kind = relay::LimitsOwner::Kind::user;
        std::string name;
        std::uint32_t index = 0;
    };
    // Before anything is made: these pools go on as they are, each for the first who asks by its
    // owner's name. One that is not there, or that another one has, is left out.
    void inherit(std::span<const Inherited> pools);
    // Those that nobody has asked for are free. After the slots that point to them were released.
    void forget_unclaimed() override;

    [[nodiscard]] relay::SharedLimits* make(const relay::LimitsOwner& owner) override;
    void give_back(relay::SharedLimits* limits) noexcept override;

    // Which pool it is; of no limits none, which is 0. Nothing where they are on the heap.
    // Thread-safe.
    [[nodiscard]] std::optional<std::uint32_t> index_of(
        const relay::SharedLimits* limits) const noexcept;

private:
    using Owner = std::pair<relay::LimitsOwner::Kind, std::string>;

    std::span<Pool> pools_;
    boost::unordered_flat_map<Owner, std::uint32_t> inherited_;
    std::deque<std::uint32_t> free_;  // taken in front, so that one is used again as late as can be
    relay::HeapLimits heap_;
};

}  // namespace turnpike::xdp
