// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/pool_store.hpp"

#include <functional>
#include <new>
#include <type_traits>
#include <vector>

namespace turnpike::xdp {

using relay::SharedLimits;

static_assert(sizeof(SharedLimits) == sizeof(Pool) && alignof(SharedLimits) <= alignof(Pool) &&
                  std::is_trivially_destructible_v<SharedLimits>,
              "they are the same numbers in the same order");

PoolStore::PoolStore(std::span<Pool> pools) : pools_{pools} {
    for (std::size_t index = 1; index < pools.size(); ++index) {
        free_.push_back(static_cast<std::uint32_t>(index));
    }
}

void PoolStore::inherit(std::span<const Inherited> pools) {
    std::vector<bool> taken(pools_.size());
    for (const Inherited& each : pools) {
        if (each.index == 0 || each.index >= pools_.size() || taken[each.index]) continue;
        taken[each.index] = inherited_.try_emplace({each.kind, each.name}, each.index).second;
    }
    std::erase_if(free_, [&](std::uint32_t index) { return taken[index]; });
}

void PoolStore::forget_unclaimed() {
    for (const auto& [owner, index] : inherited_) {
        pools_[index] = {};
        free_.push_back(index);
    }
    inherited_.clear();
}

SharedLimits* PoolStore::make(const relay::LimitsOwner& owner) {
    if (!inherited_.empty()) {
        const auto found = inherited_.find({owner.kind, std::string{owner.name}});
        if (found != inherited_.end()) {
            const std::uint32_t index = found->second;
            inherited_.erase(found);
            // Packets may be charged right now, so its numbers are not so much as copied.
            return std::launder(reinterpret_cast<SharedLimits*>(&pools_[index]));
        }
    }
    if (free_.empty()) return heap_.make(owner);
    Pool& pool = pools_[free_.front()];
    free_.pop_front();
    return new (&pool) SharedLimits{};
}

void PoolStore::give_back(SharedLimits* limits) noexcept {
    const auto index = index_of(limits);
    if (!index) return heap_.give_back(limits);
    free_.push_back(*index);
}

std::optional<std::uint32_t> PoolStore::index_of(const SharedLimits* limits) const noexcept {
    if (limits == nullptr) return 0;
    const auto* const first = reinterpret_cast<const std::byte*>(pools_.data());
    const auto* const at = reinterpret_cast<const std::byte*>(limits);
    const std::less<> before;
    if (before(at, first) || !before(at, first + pools_.size_bytes())) return std::nullopt;
    return static_cast<std::uint32_t>(static_cast<std::size_t>(at - first) / sizeof(Pool));
}

}  // namespace turnpike::xdp
