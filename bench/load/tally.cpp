// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/tally.hpp"

#include <algorithm>

namespace turnpike::bench {
namespace {

constexpr std::uint64_t bits = 64;
// What is further ahead than this of all that came is no packet of ours.
constexpr std::uint64_t ahead_max = std::uint64_t{1} << 26U;

// One thread writes, so that no locked instruction is needed.
void increase(std::atomic<std::uint64_t>& counter) noexcept {
    counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace

void Tally::begin(std::uint32_t run) {
    run_ = run;
    for (Lane& lane : lanes_) {
        std::ranges::fill(lane.seen, 0);
        lane.next = 0;
        lane.delivered = 0;
    }
    latency_ = {};
    delivered_ = 0;
    reordered_ = 0;
    duplicated_ = 0;
}

void Tally::count(const Stamp& stamp, std::chrono::nanoseconds now) {
    if (stamp.run != run_ || stamp.lane >= lanes_.size()) return;
    Lane& lane = lanes_[stamp.lane];
    if (stamp.sequence >= lane.next + ahead_max) return;
    const std::size_t word = stamp.sequence / bits;
    // Twice as many as needed: so it grows a few times in a run and not with each packet.
    if (word >= lane.seen.size()) lane.seen.resize(std::max<std::size_t>(64, word * 2), 0);
    const std::uint64_t bit = std::uint64_t{1} << (stamp.sequence % bits);
    if ((lane.seen[word] & bit) != 0) {
        increase(duplicated_);
        return;
    }
    lane.seen[word] |= bit;
    ++lane.delivered;
    increase(delivered_);
    if (stamp.sequence < lane.next) increase(reordered_);
    lane.next = std::max(lane.next, stamp.sequence + 1);
    latency_.add(now - stamp.sent);
}

}  // namespace turnpike::bench
