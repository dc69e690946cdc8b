// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/parked_messages.hpp"

#include <algorithm>
#include <utility>

namespace turnpike::worker {

ParkedMessages::Parked ParkedMessages::park(const accounts::Who& who, const ClientMessage& message,
                                            const protocol::TransactionId& transaction) {
    if (size_ == messages_max || message.octets.size() > octets_max) return Parked::no_room;
    auto& waiting = waiting_[who];
    const bool is_known = std::ranges::any_of(waiting, [&](const ParkedMessage& each) {
        return each.transaction == transaction && each.five_tuple == message.five_tuple;
    });
    if (is_known) return Parked::already;
    waiting.push_back({.five_tuple = message.five_tuple,
                       .link = message.link,
                       .transaction = transaction,
                       .octets = {message.octets.begin(), message.octets.end()},
                       .traffic_class = message.traffic_class,
                       .passed_on = message.passed_on});
    ++size_;
    return Parked::yes;
}

std::vector<ParkedMessage> ParkedMessages::take(const accounts::Who& who) {
    const auto entry = waiting_.find(who);
    if (entry == waiting_.end()) return {};
    std::vector<ParkedMessage> taken = std::move(entry->second);
    waiting_.erase(entry);
    size_ -= taken.size();
    return taken;
}

void ParkedMessages::forget(const protocol::FiveTuple& five_tuple) {
    if (size_ == 0) return;
    for (auto entry = waiting_.begin(); entry != waiting_.end();) {
        size_ -= std::erase_if(entry->second, [&](const ParkedMessage& each) {
            return each.five_tuple == five_tuple;
        });
        if (entry->second.empty()) {
            waiting_.erase(entry++);
        } else {
            ++entry;
        }
    }
}

}  // namespace turnpike::worker
