// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/record_cache.hpp"

#include <utility>

namespace turnpike::accounts {

using protocol::TimePoint;

namespace {

// The call whose row is part of the record.
const std::string& call_of(const Who& who, const Record& record) {
    static const std::string none;
    if (who.is_timed) return who.call;
    return record.user && record.user->credential.call ? *record.user->credential.call : none;
}

}  // namespace

RecordCache::Found RecordCache::find(const Who& who, TimePoint now) {
    if (const auto entry = users_.find(who); entry != users_.end()) {
        users_order_.splice(users_order_.begin(), users_order_, entry->second);
        const Kept& kept = *entry->second;
        const State state = kept.is_outdated                   ? State::outdated
                            : now - kept.since >= limits_.keep ? State::old
                                                               : State::fresh;
        return {&kept.record, state};
    }
    if (const auto entry = nobodies_.find(who); entry != nobodies_.end()) {
        const Kept& kept = *entry->second;
        const bool is_fresh = !kept.is_outdated && now - kept.since < keep_nobody;
        return {&kept.record, is_fresh ? State::fresh : State::outdated};
    }
    return {};
}

const Record& RecordCache::put(const Who& who, Record record, TimePoint now) {
    erase(users_, users_order_, who);
    erase(nobodies_, nobodies_order_, who);
    const bool nobody = !record.is_somebody(who);
    Index& index = nobody ? nobodies_ : users_;
    Order& order = nobody ? nobodies_order_ : users_order_;
    order.push_front({.who = who, .record = std::move(record), .since = now});
    index.emplace(who, order.begin());
    trim(index, order, nobody ? nobodies : limits_.users);
    return order.front().record;
}

void RecordCache::outdate(const Who& who) {
    for (Index* index : {&users_, &nobodies_}) {
        if (const auto entry = index->find(who); entry != index->end()) {
            entry->second->is_outdated = true;
        }
    }
}

void RecordCache::outdate_user(const std::string& user) {
    for (Kept& kept : users_order_) {
        if (kept.who.user == user) kept.is_outdated = true;
    }
}

void RecordCache::outdate_call(const std::string& call) {
    for (Kept& kept : users_order_) {
        if (call_of(kept.who, kept.record) == call) kept.is_outdated = true;
    }
}

void RecordCache::outdate_all() {
    for (Kept& kept : users_order_) kept.is_outdated = true;
    for (Kept& kept : nobodies_order_) kept.is_outdated = true;
}

void RecordCache::erase(Index& index, Order& order, const Who& who) {
    const auto entry = index.find(who);
    if (entry == index.end()) return;
    order.erase(entry->second);
    index.erase(entry);
}

void RecordCache::trim(Index& index, Order& order, std::size_t most) {
    while (order.size() > most) {
        index.erase(order.back().who);
        order.pop_back();
    }
}

}  // namespace turnpike::accounts
