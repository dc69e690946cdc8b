// SPDX-License-Identifier: BSD-3-Clause
//
// Which limit ended the last allocation of a five-tuple, so that its client is told so when it asks
// for what is gone. Bounded: the oldest are forgotten first. Owned by one worker's Dispatcher.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "auth/limit.hpp"
#include "protocol/address.hpp"

namespace turnpike::turn {

class RecentlyEnded {
public:
    static constexpr std::size_t capacity = 4096;

    void note(const protocol::FiveTuple& five_tuple, auth::Limit limit);
    // There is a new allocation.
    void forget(const protocol::FiveTuple& five_tuple) { limits_.erase(five_tuple); }
    [[nodiscard]] std::optional<auth::Limit> find(const protocol::FiveTuple& five_tuple) const;

private:
    boost::unordered_flat_map<protocol::FiveTuple, auth::Limit> limits_;
    std::vector<protocol::FiveTuple> order_;  // a ring, once it is full
    std::size_t next_ = 0;
};

}  // namespace turnpike::turn
