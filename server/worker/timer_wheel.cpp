// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/timer_wheel.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace turnpike::worker {

using protocol::TimePoint;

TimerWheel::TimerWheel(TimePoint now) : origin_{now} {
    heads_.fill(none);
}

void TimerWheel::set(TimerKey key, TimePoint when) {
    const auto [entry, is_new] = places_.try_emplace(key, none);
    if (is_new) {
        entry->second = new_entry();
        entries_[entry->second].key = key;
    } else {
        unlink(entry->second);
    }
    // What is overdue already comes with the next tick.
    entries_[entry->second].due = std::max(tick_after(when), current_ + 1);
    link(entry->second);
}

void TimerWheel::cancel(TimerKey key) {
    const auto entry = places_.find(key);
    if (entry == places_.end()) return;
    const std::uint32_t place = entry->second;
    places_.erase(entry);
    unlink(place);
    entries_[place].next = free_;
    free_ = place;
}

std::span<const TimerKey> TimerWheel::advance(TimePoint now) {
    due_.clear();
    const std::uint64_t target = tick_at(now);
    if (target <= current_) return {};
    // After a long sleep every slot is looked at once, not once for every turn that was slept
    // through.
    const std::uint64_t passed = std::min<std::uint64_t>(target - current_, slots);
    for (std::uint64_t step = 1; step <= passed; ++step) {
        const std::size_t slot = (current_ + step) % slots;
        if (heads_[slot] != none) take_due(slot, target);
    }
    current_ = target;
    for (const TimerKey& key : due_) cancel(key);
    return due_;
}

std::optional<TimePoint> TimerWheel::next() const noexcept {
    if (places_.empty()) return std::nullopt;
    const std::size_t first = (current_ + 1) % slots;
    // The first word is looked at twice: from its slot on, and what is before it after a whole
    // turn.
    for (std::size_t step = 0; step <= occupied_.size(); ++step) {
        const std::size_t word = (first / word_bits + step) % occupied_.size();
        std::uint64_t found = occupied_[word];
        if (step == 0) found &= ~std::uint64_t{0} << (first % word_bits);
        if (found == 0) continue;
        const std::size_t slot =
            word * word_bits + static_cast<std::size_t>(std::countr_zero(found));
        const std::uint64_t due = current_ + 1 + (slot + slots - first) % slots;
        return origin_ + tick * static_cast<std::int64_t>(due);
    }
    return std::nullopt;
}

std::uint64_t TimerWheel::tick_at(TimePoint now) const noexcept {
    return now <= origin_ ? 0 : static_cast<std::uint64_t>((now - origin_) / tick);
}

std::uint64_t TimerWheel::tick_after(TimePoint when) const noexcept {
    if (when <= origin_) return 0;
    const auto since = when - origin_;
    const auto whole = static_cast<std::uint64_t>(since / tick);
    return since % tick == TimePoint::duration::zero() ? whole : whole + 1;
}

std::uint32_t TimerWheel::new_entry() {
    if (free_ == none) {
        assert(entries_.size() < none);
        entries_.emplace_back();
        return static_cast<std::uint32_t>(entries_.size() - 1);
    }
    const std::uint32_t place = free_;
    free_ = entries_[place].next;
    return place;
}

void TimerWheel::link(std::uint32_t place) noexcept {
    const std::size_t slot = entries_[place].due % slots;
    const std::uint32_t head = heads_[slot];
    entries_[place].previous = none;
    entries_[place].next = head;
    if (head != none) entries_[head].previous = place;
    heads_[slot] = place;
    occupied_[slot / word_bits] |= std::uint64_t{1} << (slot % word_bits);
}

void TimerWheel::unlink(std::uint32_t place) noexcept {
    const Entry& entry = entries_[place];
    const std::size_t slot = entry.due % slots;
    if (entry.next != none) entries_[entry.next].previous = entry.previous;
    if (entry.previous != none) {
        entries_[entry.previous].next = entry.next;
    } else {
        heads_[slot] = entry.next;
    }
    if (heads_[slot] == none)
        occupied_[slot / word_bits] &= ~(std::uint64_t{1} << (slot % word_bits));
}

void TimerWheel::take_due(std::size_t slot, std::uint64_t now) {
    for (std::uint32_t place = heads_[slot]; place != none; place = entries_[place].next) {
        if (entries_[place].due <= now) due_.push_back(entries_[place].key);
    }
}

}  // namespace turnpike::worker
