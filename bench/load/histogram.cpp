// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace turnpike::bench {
namespace {

constexpr std::uint64_t nanoseconds_max = 3'600'000'000'000;
static_assert(nanoseconds_max < std::uint64_t{1} << 42U);

}  // namespace

std::size_t Histogram::bucket_of(std::uint64_t nanoseconds) noexcept {
    constexpr std::uint64_t linear = std::uint64_t{1} << linear_bits;
    if (nanoseconds < linear) return nanoseconds;
    // The leading bit says which doubling, the six below it which bucket in there.
    const auto shift = static_cast<unsigned>(std::bit_width(nanoseconds)) - linear_bits - 1;
    return ((shift + 1) << linear_bits) + ((nanoseconds >> shift) - linear);
}

std::uint64_t Histogram::middle_of(std::size_t bucket) noexcept {
    constexpr std::uint64_t linear = std::uint64_t{1} << linear_bits;
    if (bucket < linear) return bucket;
    const std::size_t shift = (bucket >> linear_bits) - 1;
    const std::uint64_t first = (linear + (bucket & (linear - 1))) << shift;
    return first + (std::uint64_t{1} << shift) / 2;
}

void Histogram::add(std::chrono::nanoseconds duration) noexcept {
    const auto count = std::max<std::int64_t>(duration.count(), 0);
    ++counts_[bucket_of(std::min(static_cast<std::uint64_t>(count), nanoseconds_max))];
    ++count_;
}

void Histogram::add(const Histogram& other) noexcept {
    for (std::size_t each = 0; each < buckets; ++each) counts_[each] += other.counts_[each];
    count_ += other.count_;
}

void Histogram::add(std::span<const std::uint64_t> counts) noexcept {
    for (std::size_t each = 0; each < std::min(buckets, counts.size()); ++each) {
        counts_[each] += counts[each];
        count_ += counts[each];
    }
}

void Histogram::subtract(const Histogram& earlier) noexcept {
    for (std::size_t each = 0; each < buckets; ++each) counts_[each] -= earlier.counts_[each];
    count_ -= earlier.count_;
}

std::chrono::nanoseconds Histogram::quantile(double share) const noexcept {
    if (count_ == 0) return {};
    const auto wanted = std::max<std::uint64_t>(
        1, static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_))));
    std::uint64_t seen = 0;
    for (std::size_t each = 0; each < buckets; ++each) {
        seen += counts_[each];
        if (seen >= wanted) return std::chrono::nanoseconds{middle_of(each)};
    }
    return std::chrono::nanoseconds{nanoseconds_max};
}

}  // namespace turnpike::bench
