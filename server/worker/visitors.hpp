// SPDX-License-Identifier: BSD-3-Clause
//
// Five-tuples whose datagrams the kernel brings to this worker although another one has their
// allocation: a client moved here (RFC 8016), and where SO_REUSEPORT sends it nobody can choose.
// All that such a client sends is passed on. Bounded; an entry that is not used ends after the
// longest lifetime that an allocation can have. Owned by one worker.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

class Visitors {
public:
    struct Passage {
        WorkerIndex owner = 0;
        std::uint64_t number = 0;  // of the last message that was passed on
        protocol::TimePoint heard;
    };

    // `idle` ends an entry. No more than `max` at a time.
    Visitors(std::chrono::seconds idle, std::size_t max) noexcept : idle_{idle}, max_{max} {}

    // Null where it is no visitor. Valid until the next admit(), dismiss() or expire().
    [[nodiscard]] Passage* find(const protocol::FiveTuple& five_tuple) noexcept {
        if (entries_.empty()) return nullptr;
        const auto entry = entries_.find(five_tuple);
        return entry == entries_.end() ? nullptr : &entry->second;
    }
    // It is one from now on. Null where there is no room.
    [[nodiscard]] Passage* admit(const protocol::FiveTuple& five_tuple, WorkerIndex owner,
                                 protocol::TimePoint now) {
        if (entries_.size() >= max_ && !entries_.contains(five_tuple)) return nullptr;
        const Passage passage{.owner = owner, .number = 0, .heard = now};
        return &entries_.insert_or_assign(five_tuple, passage).first->second;
    }
    // The owner has nothing for it, as of this number; what was passed on since may have changed
    // that.
    void dismiss(const protocol::FiveTuple& five_tuple, std::uint64_t number) noexcept {
        const auto entry = entries_.find(five_tuple);
        if (entry != entries_.end() && entry->second.number <= number) entries_.erase(entry);
    }
    void expire(protocol::TimePoint now) {
        erase_if(entries_, [&](const auto& entry) { return now - entry.second.heard >= idle_; });
    }
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

private:
    // Constant after construction.
    std::chrono::seconds idle_;
    std::size_t max_;
    // Owned by the worker.
    boost::unordered_flat_map<protocol::FiveTuple, Passage> entries_;
};

}  // namespace turnpike::worker
