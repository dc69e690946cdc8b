// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's allocations, by id and by the five-tuples at which their clients are. An Allocation
// keeps its place in memory until it is erased.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/address.hpp"
#include "server/turn/allocation.hpp"

namespace turnpike::turn {

class AllocationTable {
public:
    // The five-tuple and the id are free.
    Allocation& insert(Allocation allocation);
    void erase(AllocationId id);
    // Its client was there before.
    void moved(const Place& before, Allocation& allocation);

    [[nodiscard]] Allocation* find(const protocol::FiveTuple& five_tuple) noexcept;
    [[nodiscard]] const Allocation* find(const protocol::FiveTuple& five_tuple) const noexcept;
    [[nodiscard]] Allocation* find(AllocationId id) noexcept;
    [[nodiscard]] const Allocation* find(AllocationId id) const noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return by_id_.size(); }
    [[nodiscard]] std::vector<AllocationId> ids() const;

private:
    void enter(Allocation& allocation);
    void leave(const Place& place);

    boost::unordered_flat_map<AllocationId, std::unique_ptr<Allocation>> by_id_;
    boost::unordered_flat_map<protocol::FiveTuple, Allocation*> by_five_tuple_;  // into by_id_
};

}  // namespace turnpike::turn
