// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/route_table.hpp"

#include <cassert>

namespace turnpike::relay {

using protocol::AllocationId;
using protocol::Endpoint;
using protocol::Family;
using protocol::TimePoint;

Session& RouteTable::open(const SessionSeed& seed, TimePoint now) {
    assert(find(seed.id) == nullptr && find(seed.five_tuple) == nullptr);
    auto owned = std::make_unique<Session>(seed, now);
    Session* const session = owned.get();
    by_id_.emplace(seed.id, std::move(owned));
    by_five_tuple_.insert(session);
    for (const auto& relayed : seed.relayed) {
        if (!relayed) continue;
        [[maybe_unused]] const bool is_new = by_relayed_.emplace(*relayed, session).second;
        assert(is_new);
    }
    return *session;
}

void RouteTable::close(AllocationId id) {
    Session* const session = find(id);
    if (session == nullptr) return;
    for (const Family family : {Family::ipv4, Family::ipv6}) {
        if (const auto& relayed = session->relayed(family)) by_relayed_.erase(*relayed);
    }
    by_five_tuple_.erase(session);
    by_id_.erase(id);
}

void RouteTable::close_relayed(AllocationId id, Family family) {
    Session* const session = find(id);
    if (session == nullptr) return;
    if (const auto& relayed = session->relayed(family)) by_relayed_.erase(*relayed);
    session->close_relayed(family);
}

void RouteTable::move(AllocationId id, const std::optional<protocol::FiveTuple>& to) {
    Session* const session = find(id);
    if (session == nullptr) return;
    by_five_tuple_.erase(session);  // before its hash is another
    session->move(to);
    if (to) by_five_tuple_.insert(session);
}

void RouteTable::expect(AllocationId id, const protocol::FiveTuple& five_tuple) {
    if (Session* const session = find(id)) expected_.insert_or_assign(five_tuple, session);
}

void RouteTable::install(AllocationId id, const Endpoint& peer, std::uint16_t channel,
                         TimePoint expires) {
    if (Session* const session = find(id)) session->install(peer, channel, expires);
}

void RouteTable::remove(AllocationId id, const Endpoint& peer, std::uint16_t channel) {
    if (Session* const session = find(id)) session->remove(peer, channel);
}

Session* RouteTable::find(const protocol::FiveTuple& five_tuple) noexcept {
    const auto entry = by_five_tuple_.find(five_tuple);
    return entry == by_five_tuple_.end() ? nullptr : *entry;
}

Session* RouteTable::find_expected(const protocol::FiveTuple& five_tuple) noexcept {
    const auto entry = expected_.find(five_tuple);
    return entry == expected_.end() ? nullptr : entry->second;
}

Session* RouteTable::find(const Endpoint& relayed) noexcept {
    const auto entry = by_relayed_.find(relayed);
    return entry == by_relayed_.end() ? nullptr : entry->second;
}

Session* RouteTable::find(AllocationId id) noexcept {
    const auto entry = by_id_.find(id);
    return entry == by_id_.end() ? nullptr : entry->second.get();
}

}  // namespace turnpike::relay
