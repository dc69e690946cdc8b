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

void AllocationTable::moved(const Place& before, Allocation& allocation) {
    leave(before);
    enter(allocation);
}

void AllocationTable::enter(Allocation& allocation) {
    for (const auto& five_tuple : {allocation.place().at, allocation.place().next}) {
        if (!five_tuple) continue;
        [[maybe_unused]] const auto entry = by_five_tuple_.emplace(*five_tuple, &allocation);
        assert(entry.second);
    }
}

void AllocationTable::leave(const Place& place) {
    for (const auto& five_tuple : {place.at, place.next}) {
        if (five_tuple) by_five_tuple_.erase(*five_tuple);
    }
}

void AllocationTable::erase(AllocationId id) {
    const auto entry = by_id_.find(id);
    if (entry == by_id_.end()) return;
    leave(entry->second->place());
    by_id_.erase(entry);
}

Allocation* AllocationTable::find(const protocol::FiveTuple& five_tuple) noexcept {
    const auto entry = by_five_tuple_.find(five_tuple);
    return entry == by_five_tuple_.end() ? nullptr : entry->second;
}

const Allocation* AllocationTable::find(const protocol::FiveTuple& five_tuple) const noexcept {
    const auto entry = by_five_tuple_.find(five_tuple);
    return entry == by_five_tuple_.end() ? nullptr : entry->second;
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
