// SPDX-License-Identifier: BSD-3-Clause
//
// One worker's allocations, by id and by the five-tuples at which their clients are. An Allocation
// keeps its place in memory until it is erased.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "protocol/address.hpp"
#include "server/turn/allocation.hpp"

namespace turnpike::turn {

class AllocationTable {
public:
    // The five-tuple and the id are free.
    Allocation& insert(Allocation allocation);
    void erase(AllocationId id);
    // `change` is what moves its client.
    template <typename Change>
    void move(Allocation& allocation, Change&& change) {
        leave(allocation);
        change();
        enter(allocation);
    }

    [[nodiscard]] Allocation* find(const protocol::FiveTuple& five_tuple) noexcept;
    [[nodiscard]] const Allocation* find(const protocol::FiveTuple& five_tuple) const noexcept;
    [[nodiscard]] Allocation* find(AllocationId id) noexcept;
    [[nodiscard]] const Allocation* find(AllocationId id) const noexcept;

    [[nodiscard]] std::size_t size() const noexcept { return by_id_.size(); }
    [[nodiscard]] std::vector<AllocationId> ids() const;

private:
    // An allocation is found by where its client is: the index holds no copy of it.
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const protocol::FiveTuple& five_tuple) const noexcept {
            return hash_value(five_tuple);
        }
        std::size_t operator()(const Allocation* allocation) const noexcept {
            return hash_value(*allocation->place().at);
        }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(const Allocation* left, const Allocation* right) const noexcept {
            return left == right;
        }
        bool operator()(const protocol::FiveTuple& five_tuple,
                        const Allocation* allocation) const noexcept {
            return allocation->place().at == five_tuple;
        }
        bool operator()(const Allocation* allocation,
                        const protocol::FiveTuple& five_tuple) const noexcept {
            return allocation->place().at == five_tuple;
        }
    };

    void enter(Allocation& allocation);
    void leave(Allocation& allocation);

    boost::unordered_flat_map<AllocationId, std::unique_ptr<Allocation>> by_id_;
    // Into by_id_: by place().at, and by place().next.
    boost::unordered_flat_set<Allocation*, Hash, Equal> by_five_tuple_;
    boost::unordered_flat_map<protocol::FiveTuple, Allocation*> expected_;
};

}  // namespace turnpike::turn
