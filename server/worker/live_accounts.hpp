// SPDX-License-Identifier: BSD-3-Clause
//
// Which allocations of one worker belong to whom in the database, and to which call: for a change
// of a row to find what it is about. Owned by one worker.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/allocation_id.hpp"
#include "server/accounts/notice.hpp"

namespace turnpike::worker {

class LiveAccounts {
public:
    using Ids = std::vector<protocol::AllocationId>;

    void insert(protocol::AllocationId id, const accounts::Who& who, const std::string& call) {
        whose_.insert_or_assign(id, Owner{who, call});
        by_who_[who].push_back(id);
        if (!call.empty()) by_call_[call].push_back(id);
    }
    void erase(protocol::AllocationId id) {
        const auto entry = whose_.find(id);
        if (entry == whose_.end()) return;
        erase(by_who_, entry->second.who, id);
        if (!entry->second.call.empty()) erase(by_call_, entry->second.call, id);
        whose_.erase(entry);
    }

    // Copies: what is done with them may erase.
    [[nodiscard]] Ids of(const accounts::Who& who) const { return found(by_who_, who); }
    [[nodiscard]] Ids of_call(const std::string& call) const { return found(by_call_, call); }
    [[nodiscard]] bool has(const accounts::Who& who) const { return by_who_.contains(who); }
    [[nodiscard]] bool has(protocol::AllocationId id) const { return whose_.contains(id); }
    // Everybody in this call, once each.
    [[nodiscard]] std::vector<accounts::Who> in_call(const std::string& call) const {
        std::vector<accounts::Who> all;
        for (const protocol::AllocationId id : of_call(call)) {
            const accounts::Who& who = whose_.at(id).who;
            if (std::ranges::find(all, who) == all.end()) all.push_back(who);
        }
        return all;
    }
    [[nodiscard]] std::vector<accounts::Who> all() const {
        std::vector<accounts::Who> all;
        for (const auto& [who, ids] : by_who_) all.push_back(who);
        return all;
    }
    [[nodiscard]] std::size_t size() const noexcept { return whose_.size(); }

private:
    struct Owner {
        accounts::Who who;
        std::string call;
    };
    template <typename Key>
    using Index = boost::unordered_flat_map<Key, Ids>;

    template <typename Key>
    static Ids found(const Index<Key>& index, const Key& key) {
        const auto entry = index.find(key);
        return entry == index.end() ? Ids{} : entry->second;
    }
    template <typename Key>
    static void erase(Index<Key>& index, const Key& key, protocol::AllocationId id) {
        const auto entry = index.find(key);
        std::erase(entry->second, id);
        if (entry->second.empty()) index.erase(entry);
    }

    boost::unordered_flat_map<protocol::AllocationId, Owner> whose_;
    Index<accounts::Who> by_who_;
    Index<std::string> by_call_;
};

}  // namespace turnpike::worker
