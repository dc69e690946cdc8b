// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/sampler.hpp"

#include <algorithm>

namespace turnpike::bench {
namespace {

constexpr std::chrono::nanoseconds interval = std::chrono::seconds{1};

double microseconds(std::chrono::nanoseconds duration) {
    return std::chrono::duration<double, std::micro>(duration).count();
}

}  // namespace

void Sampler::begin(std::chrono::nanoseconds now) {
    *this = {};
    start_ = last_ = now;
}

bool Sampler::look(std::chrono::nanoseconds now, std::uint64_t sent, const Tally& tally) {
    if (now - last_ < interval) return false;
    const double seconds = std::chrono::duration<double>(now - last_).count();
    const auto delivered = tally.delivered();
    const auto fresh_sent = static_cast<double>(sent - sent_);
    const auto fresh_delivered = static_cast<double>(delivered - delivered_);
    Histogram fresh = tally.latency();
    fresh.subtract(latency_);
    samples_.push_back(
        {.at = std::chrono::duration<double>(now - start_).count(),
         .sent_per_second = fresh_sent / seconds,
         .delivered_per_second = fresh_delivered / seconds,
         // What is on its way when one looks is not lost: it comes in the next second.
         .loss_percent =
             fresh_sent > 0 ? std::max(0.0, (fresh_sent - fresh_delivered) / fresh_sent * 100) : 0,
         .p50_us = microseconds(fresh.quantile(0.5)),
         .p99_us = microseconds(fresh.quantile(0.99))});
    last_ = now;
    sent_ = sent;
    delivered_ = delivered;
    latency_ = tally.latency();
    return true;
}

}  // namespace turnpike::bench
