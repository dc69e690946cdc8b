// SPDX-License-Identifier: BSD-3-Clause
//
// Looks at a run once a second: what came of the packets of that second, for the plots and for who
// watches. Belongs to the thread that receives.
#pragma once

#include <chrono>
#include <vector>

#include "bench/load/report.hpp"
#include "bench/load/tally.hpp"

namespace turnpike::bench {

class Sampler {
public:
    void begin(std::chrono::nanoseconds now);
    // True where a second has passed and one more sample was taken.
    bool look(std::chrono::nanoseconds now, std::uint64_t sent, const Tally& tally);
    [[nodiscard]] const std::vector<Sample>& samples() const noexcept { return samples_; }

private:
    std::vector<Sample> samples_;
    std::chrono::nanoseconds start_{};
    std::chrono::nanoseconds last_{};
    std::uint64_t sent_ = 0;
    std::uint64_t delivered_ = 0;
    Histogram latency_;
};

}  // namespace turnpike::bench
