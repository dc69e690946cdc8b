// SPDX-License-Identifier: BSD-3-Clause
//
// When the next burst is due, so that a rate is held whatever the sender's delays. A sender that
// falls behind by more than a bounded debt does not catch up in one flood: what it owes beyond is
// forgiven, and shows as a rate that was not held. Pure: times come in.
#pragma once

#include <chrono>
#include <cstdint>

namespace turnpike::bench {

class Pacer {
public:
    // Bursts of `burst` packets; a rate of zero or less means as fast as it goes.
    Pacer(double packets_per_second, std::size_t burst, std::chrono::nanoseconds start) noexcept;

    // How many bursts are due and not taken yet; those are taken with this.
    [[nodiscard]] std::uint64_t take_due(std::chrono::nanoseconds now) noexcept;
    // When one more will be.
    [[nodiscard]] std::chrono::nanoseconds next_due() const noexcept;

private:
    static constexpr std::chrono::nanoseconds debt_max = std::chrono::milliseconds{10};

    double interval_ns_;  // between bursts; 0: none
    std::chrono::nanoseconds start_;
    std::uint64_t taken_ = 0;
};

}  // namespace turnpike::bench
