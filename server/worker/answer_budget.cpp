// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/answer_budget.hpp"

#include <algorithm>
#include <chrono>

namespace turnpike::worker {

using protocol::IpAddress;
using protocol::TimePoint;

AnswerBudget::AnswerBudget(const AnswerBudgetSettings& settings)
    : settings_{settings}, prefixes_(buckets) {}

std::size_t AnswerBudget::index_of(const IpAddress& source) const noexcept {
    // 24 or 56 bits name the prefix; the family keeps the two apart.
    const std::size_t prefix_octets = source.is_v4() ? 3 : 7;
    std::uint64_t hash = source.is_v4() ? 4 : 6;
    for (const std::byte octet : source.octets().first(prefix_octets)) {
        hash = (hash << 8U) | std::to_integer<std::uint64_t>(octet);
    }
    // The mixing steps of SplitMix64, keyed before and between, so that nobody can pick prefixes
    // that share a bucket.
    hash += settings_.seed[0];
    hash = (hash ^ (hash >> 30U)) * 0xBF58476D1CE4E5B9U;
    hash = (hash ^ (hash >> 27U)) + settings_.seed[1];
    hash *= 0x94D049BB133111EBU;
    return static_cast<std::size_t>((hash ^ (hash >> 31U)) % buckets);
}

void AnswerBudget::fill(Bucket& bucket, double per_second, double burst, TimePoint now) noexcept {
    if (bucket.filled == TimePoint{}) {
        bucket.tokens = burst;
    } else {
        const std::chrono::duration<double> passed = now - bucket.filled;
        bucket.tokens = std::min(burst, bucket.tokens + per_second * passed.count());
    }
    bucket.filled = now;
}

void AnswerBudget::limit(const AnswerBudgetSettings& settings) noexcept {
    settings_.total_per_second = settings.total_per_second;
    settings_.prefix_per_second = settings.prefix_per_second;
}

bool AnswerBudget::take(const IpAddress& source, TimePoint now) noexcept {
    const auto total = static_cast<double>(settings_.total_per_second);
    const auto prefix = static_cast<double>(settings_.prefix_per_second);
    Bucket& own = prefixes_[index_of(source)];
    fill(total_, total, total * total_burst_seconds, now);
    fill(own, prefix, prefix * prefix_burst_seconds, now);
    const bool total_allows = settings_.total_per_second == 0 || total_.tokens >= 1;
    const bool prefix_allows = settings_.prefix_per_second == 0 || own.tokens >= 1;
    if (!total_allows || !prefix_allows) return false;
    total_.tokens -= 1;
    own.tokens -= 1;
    return true;
}

}  // namespace turnpike::worker
