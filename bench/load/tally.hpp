// SPDX-License-Identifier: BSD-3-Clause
//
// What came of the packets of each lane, exactly: one bit for each sequence number says whether it
// came before. Belongs to the thread that receives; the totals may be read by others meanwhile.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "bench/load/histogram.hpp"
#include "bench/load/stamp.hpp"

namespace turnpike::bench {

class Tally {
public:
    // Lanes are numbered from zero.
    explicit Tally(std::size_t lanes) : lanes_(lanes) {}

    // From here on only packets of this run count, from nothing.
    void begin(std::uint32_t run);
    void count(const Stamp& stamp, std::chrono::nanoseconds now);

    [[nodiscard]] std::uint64_t delivered() const noexcept { return delivered_; }
    [[nodiscard]] std::uint64_t reordered() const noexcept { return reordered_; }
    [[nodiscard]] std::uint64_t duplicated() const noexcept { return duplicated_; }
    [[nodiscard]] std::uint64_t delivered(std::size_t lane) const { return lanes_[lane].delivered; }
    [[nodiscard]] const Histogram& latency() const noexcept { return latency_; }

private:
    struct Lane {
        std::vector<std::uint64_t> seen{};  // a bit each
        std::uint64_t next = 0;             // one above the highest that came
        std::uint64_t delivered = 0;
    };

    std::vector<Lane> lanes_;
    std::uint32_t run_ = 0;
    Histogram latency_;
    std::atomic<std::uint64_t> delivered_ = 0;
    std::atomic<std::uint64_t> reordered_ = 0;
    std::atomic<std::uint64_t> duplicated_ = 0;
};

}  // namespace turnpike::bench
