// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/histogram.hpp"

#include <algorithm>

namespace turnpike::telemetry {

static_assert(std::ranges::is_sorted(latency_bounds));

void Histogram::record(std::chrono::nanoseconds took) noexcept {
    took = std::max(took, std::chrono::nanoseconds::zero());
    const auto* const bound = std::ranges::lower_bound(latency_bounds, took);
    auto& count = counts_[static_cast<std::size_t>(bound - latency_bounds.begin())];
    count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    sum_nanoseconds_.store(sum_nanoseconds_.load(std::memory_order_relaxed) + took.count(),
                           std::memory_order_relaxed);
}

HistogramValues Histogram::read() const noexcept {
    HistogramValues values;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        values.counts[bucket] = counts_[bucket].load(std::memory_order_relaxed);
    }
    values.sum = std::chrono::nanoseconds{sum_nanoseconds_.load(std::memory_order_relaxed)};
    return values;
}

}  // namespace turnpike::telemetry
