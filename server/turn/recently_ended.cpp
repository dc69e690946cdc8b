// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/recently_ended.hpp"

namespace turnpike::turn {

void RecentlyEnded::note(const protocol::FiveTuple& five_tuple, auth::Limit limit) {
    if (order_.size() < capacity) {
        order_.push_back(five_tuple);
    } else {
        limits_.erase(order_[next_]);
        order_[next_] = five_tuple;
        next_ = (next_ + 1) % capacity;
    }
    limits_.insert_or_assign(five_tuple, limit);
}

std::optional<auth::Limit> RecentlyEnded::find(const protocol::FiveTuple& five_tuple) const {
    const auto entry = limits_.find(five_tuple);
    return entry == limits_.end() ? std::nullopt : std::optional{entry->second};
}

}  // namespace turnpike::turn
