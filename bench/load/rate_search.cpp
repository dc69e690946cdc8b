// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/rate_search.hpp"

#include <cmath>

namespace turnpike::bench {

std::optional<double> RateSearch::next() const noexcept {
    const bool is_precise = high_ && low_ > 0 && *high_ / low_ <= precise_enough;
    if (steps_ >= steps_max || is_precise || rate_ < rate_min || rate_ > rate_max) return {};
    return rate_;
}

void RateSearch::tell(bool passed) noexcept {
    ++steps_;
    if (!passed && !failed_once_) {
        failed_once_ = true;
        return;
    }
    failed_once_ = false;
    if (passed) {
        low_ = rate_;
    } else {
        high_ = rate_;
    }
    if (!high_) {
        rate_ *= 2;
    } else if (low_ == 0) {
        rate_ /= 2;
    } else {
        rate_ = std::sqrt(low_ * *high_);
    }
}

}  // namespace turnpike::bench
