// SPDX-License-Identifier: BSD-3-Clause
//
// The largest rate that passes, found in bounded steps: doubled until one fails, then halved
// between the largest that passed and the smallest that failed. A rate fails only when it fails
// twice: machines are noisy. Pure.
#pragma once

#include <cstdint>
#include <optional>

namespace turnpike::bench {

class RateSearch {
public:
    // Beginning here, in packets per second.
    explicit RateSearch(double first) noexcept : rate_{first} {}

    // What to try next; none: the search is over.
    [[nodiscard]] std::optional<double> next() const noexcept;
    // How the rate of next() did.
    void tell(bool passed) noexcept;
    // The largest that passed; 0: none.
    [[nodiscard]] double best() const noexcept { return low_; }
    // Steps so far, and as many as there can be.
    [[nodiscard]] int steps() const noexcept { return steps_; }
    static constexpr int steps_max = 40;

private:
    static constexpr double precise_enough = 1.02;  // between what passed and what failed
    static constexpr double rate_min = 1;
    static constexpr double rate_max = 1e8;

    double rate_;
    double low_ = 0;
    std::optional<double> high_{};
    bool failed_once_ = false;
    int steps_ = 0;
};

}  // namespace turnpike::bench
