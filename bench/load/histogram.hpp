// SPDX-License-Identifier: BSD-3-Clause
//
// Durations counted in buckets whose width grows with the value: 64 to each doubling, so that a
// quantile is never more than 1.6 % off, from nanoseconds to minutes, in a fixed table. Adding one
// costs a few instructions and allocates nothing.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>

namespace turnpike::bench {

class Histogram {
public:
    // What is longer than an hour counts as one, what is negative as none.
    void add(std::chrono::nanoseconds duration) noexcept;
    void add(const Histogram& other) noexcept;
    // As another one counted them, bucket by bucket.
    void add(std::span<const std::uint64_t> counts) noexcept;
    // What was added since the other was a copy of this.
    void subtract(const Histogram& earlier) noexcept;

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    // The duration that this share (0..1) of all does not pass; zero where there are none.
    [[nodiscard]] std::chrono::nanoseconds quantile(double share) const noexcept;

    static constexpr unsigned linear_bits = 6;
    static constexpr std::size_t buckets = (42 - linear_bits + 1) << linear_bits;  // up to 2^42 ns

private:
    [[nodiscard]] static std::size_t bucket_of(std::uint64_t nanoseconds) noexcept;
    [[nodiscard]] static std::uint64_t middle_of(std::size_t bucket) noexcept;

    std::array<std::uint64_t, buckets> counts_{};
    std::uint64_t count_ = 0;
};

}  // namespace turnpike::bench
