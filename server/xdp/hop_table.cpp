// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/hop_table.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

#include <boost/container_hash/hash.hpp>

namespace turnpike::xdp {

using protocol::TimePoint;

namespace {

// The kernel's half reads a hop as three numbers, each at once and in this order.
using Words = std::array<std::uint64_t, sizeof(Hop) / sizeof(std::uint64_t)>;
using Word __attribute__((may_alias)) = std::uint64_t;

Word* words_of(Hop& hop) noexcept {
    return reinterpret_cast<Word*>(&hop);
}

void store(Hop& hop, std::size_t word, std::uint64_t value) noexcept {
    __atomic_store_n(words_of(hop) + word, value, __ATOMIC_RELEASE);
}

Words load(Hop& hop) noexcept {
    Words words{};
    for (std::size_t word = 0; word < words.size(); ++word) {
        words[word] = __atomic_load_n(words_of(hop) + word, __ATOMIC_ACQUIRE);
    }
    return words;
}

// `usable` lies in the first word, beside the neighbour's MAC.
void clear_usable(Hop& hop) noexcept {
    Hop copy = std::bit_cast<Hop>(load(hop));
    copy.usable = 0;
    store(hop, 0, std::bit_cast<Words>(copy)[0]);
}

}  // namespace

std::size_t hash_value(const NextHop& next_hop) noexcept {
    std::size_t seed = 0;
    boost::hash_combine(seed, next_hop.interface);
    boost::hash_combine(seed, next_hop.address);
    return seed;
}

HopTable::HopTable(std::span<Hop> hops) : hops_{hops}, entries_(hops.size()) {
    by_next_hop_.reserve(hops.size());
    for (std::size_t index = nowhere + 1; index < entries_.size(); ++index) {
        if (load(hops[index]) != Words{}) entries_[index].state = State::inherited;
    }
}

void HopTable::release_inherited(TimePoint now) noexcept {
    for (std::size_t index = nowhere + 1; index < entries_.size(); ++index) {
        Entry& entry = entries_[index];
        if (entry.state != State::inherited) continue;
        clear_usable(hops_[index]);
        entry.state = State::idle;
        entry.idle_since = now;
    }
}

std::optional<std::uint32_t> HopTable::acquire(const NextHop& next_hop, TimePoint now) {
    if (const auto found = by_next_hop_.find(next_hop); found != by_next_hop_.end()) {
        Entry& entry = entries_[found->second];
        entry.state = State::current;
        ++entry.users;
        return found->second;
    }
    const auto index = longest_idle(now);
    if (!index) return std::nullopt;
    forget(*index);
    entries_[*index] = {.state = State::current, .users = 1, .next_hop = next_hop};
    by_next_hop_.emplace(next_hop, *index);
    return index;
}

std::optional<std::uint32_t> HopTable::longest_idle(TimePoint now) const noexcept {
    std::optional<std::uint32_t> longest;
    for (std::uint32_t index = nowhere + 1; index < entries_.size(); ++index) {
        const Entry& entry = entries_[index];
        if (entry.state != State::idle) continue;
        if (!longest || entry.idle_since < entries_[*longest].idle_since) longest = index;
    }
    if (!longest) return std::nullopt;
    const TimePoint since = entries_[*longest].idle_since;
    if (since != TimePoint::min() && now - since < rest) return std::nullopt;
    return longest;
}

// An index of its own accord stands for nothing only before its first user, and once retired.
void HopTable::forget(std::uint32_t index) noexcept {
    const auto found = by_next_hop_.find(entries_[index].next_hop);
    if (found != by_next_hop_.end() && found->second == index) by_next_hop_.erase(found);
}

void HopTable::release(std::uint32_t index, TimePoint now) noexcept {
    if (index == nowhere) return;
    Entry& entry = entries_[index];
    assert(entry.users > 0);
    if (--entry.users > 0) return;
    clear_usable(hops_[index]);
    entry.state = State::idle;
    entry.idle_since = now;
}

void HopTable::retire(std::uint32_t index) noexcept {
    Entry& entry = entries_[index];
    if (entry.state != State::current) return;
    clear_usable(hops_[index]);
    forget(index);
    entry.state = State::retired;
}

void HopTable::write(std::uint32_t index, const Framing& framing) noexcept {
    const Entry& entry = entries_[index];
    if (entry.state != State::current) return;
    Hop hop{};
    std::ranges::copy(framing.destination, hop.destination);
    std::ranges::copy(framing.source, hop.source);
    hop.usable = 1;
    hop.interface = entry.next_hop.interface;
    hop.mtu = framing.mtu;
    const Words words = std::bit_cast<Words>(hop);
    const Words there = load(hops_[index]);
    if (words == there) return;
    if (words[1] != there[1] || words[2] != there[2]) {
        clear_usable(hops_[index]);
        store(hops_[index], 1, words[1]);
        store(hops_[index], 2, words[2]);
    }
    store(hops_[index], 0, words[0]);
}

void HopTable::disable(std::uint32_t index) noexcept {
    clear_usable(hops_[index]);
}

std::optional<std::uint32_t> HopTable::find(const NextHop& next_hop) const noexcept {
    const auto found = by_next_hop_.find(next_hop);
    if (found == by_next_hop_.end() || entries_[found->second].state != State::current) {
        return std::nullopt;
    }
    return found->second;
}

const NextHop& HopTable::next_hop(std::uint32_t index) const noexcept {
    return entries_[index].next_hop;
}

bool HopTable::is_usable(std::uint32_t index) const noexcept {
    return std::bit_cast<Hop>(load(hops_[index])).usable != 0;
}

std::vector<std::uint32_t> HopTable::in_use() const {
    std::vector<std::uint32_t> indices;
    for (std::uint32_t index = nowhere + 1; index < entries_.size(); ++index) {
        if (entries_[index].state == State::current) indices.push_back(index);
    }
    return indices;
}

}  // namespace turnpike::xdp
