// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/allocation_table.hpp"

#include <cassert>
#include <utility>

namespace turnpike::turn {

Allocation& AllocationTable::insert(Allocation allocation) {
    assert(find(allocation.id()) == nullptr);
    auto owned = std::make_unique<Allocation>(std::move(allocation));
    Allocation& inserted = *owned;
    by_id_.emplace(inserted.id(), std::move(owned));
    enter(inserted);
    return inserted;
}

void AllocationTable::enter(Allocation& allocation) {
    const auto& [at, next] = allocation.place();
    assert(!at || find(*at) == nullptr);
    if (at) by_five_tuple_.insert(&allocation);
    if (next) expected_.emplace(*next, &allocation);
}

void AllocationTable::leave(Allocation& allocation) {
    const auto& [at, next] = allocation.place();
    if (at) by_five_tuple_.erase(&allocation);
    if (next) expected_.erase(*next);
}

void AllocationTable::erase(AllocationId id) {
    const auto entry = by_id_.find(id);
    if (entry == by_id_.end()) return;
    leave(*entry->second);
    by_id_.erase(entry);
}

Allocation* AllocationTable::find(const protocol::FiveTuple& five_tuple) noexcept {
    return const_cast<Allocation*>(std::as_const(*this).find(five_tuple));
}

const Allocation* AllocationTable::find(const protocol::FiveTuple& five_tuple) const noexcept {
    if (const auto entry = by_five_tuple_.find(five_tuple); entry != by_five_tuple_.end()) {
        return *entry;
    }
    if (expected_.empty()) return nullptr;
    const auto entry = expected_.find(five_tuple);
    return entry == expected_.end() ? nullptr : entry->second;
}

Allocation* AllocationTable::find(AllocationId id) noexcept {
    const auto entry = by_id_.find(id);
    return entry == by_id_.end() ? nullptr : entry->second.get();
}

const Allocation* AllocationTable::find(AllocationId id) const noexcept {
    const auto entry = by_id_.find(id);
    return entry == by_id_.end() ? nullptr : entry->second.get();
}

std::vector<AllocationId> AllocationTable::ids() const {
    std::vector<AllocationId> found;
    found.reserve(by_id_.size());
    for (const auto& [id, allocation] : by_id_) found.push_back(id);
    return found;
}

}  // namespace turnpike::turn
