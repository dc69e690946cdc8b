// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/pool_store.hpp"

#include <functional>
#include <new>
#include <type_traits>

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

SharedLimits* PoolStore::make() {
    if (free_.empty()) return heap_.make();
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
