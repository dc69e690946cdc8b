// SPDX-License-Identifier: BSD-3-Clause
//
// How many answers go to senders that have proved nothing, per source prefix (/24, /56) and in all:
// their addresses may be forged, and every answer hits whoever owns them. A fixed table of token
// buckets, found by a keyed hash of the prefix; it never grows. Pure; owned by one worker.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/time.hpp"

namespace turnpike::worker {

struct AnswerBudgetSettings {
    std::uint64_t total_per_second = 0;   // 0: no limit
    std::uint64_t prefix_per_second = 0;  // 0: no limit
    std::array<std::uint64_t, 2> seed{};  // from a cryptographic generator
};

class AnswerBudget {
public:
    explicit AnswerBudget(const AnswerBudgetSettings& settings);

    // Other limits from now on; the seed stays.
    void limit(const AnswerBudgetSettings& settings) noexcept;

    // True, and charged, where an answer may go to `source`.
    [[nodiscard]] bool take(const protocol::IpAddress& source, protocol::TimePoint now) noexcept;

private:
    struct Bucket {
        double tokens = 0;
        protocol::TimePoint filled{};  // never: full
    };
    static constexpr std::size_t buckets = 8192;
    static constexpr double total_burst_seconds = 1;
    // A page load behind one hospital's NAT asks for dozens of challenges at once.
    static constexpr double prefix_burst_seconds = 4;

    [[nodiscard]] std::size_t index_of(const protocol::IpAddress& source) const noexcept;
    static void fill(Bucket& bucket, double per_second, double burst,
                     protocol::TimePoint now) noexcept;

    AnswerBudgetSettings settings_;
    Bucket total_;
    std::vector<Bucket> prefixes_;
};

}  // namespace turnpike::worker
