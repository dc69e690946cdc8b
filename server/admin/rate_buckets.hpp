// SPDX-License-Identifier: BSD-3-Clause
//
// How often each of many may do something: a bucket for every key, filled at a rate. Pure; the time
// comes in. Never holds more than `keys_max` buckets: whoever does not fit shares the last one with
// all others that do not.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "protocol/time.hpp"

namespace turnpike::admin {

// So many at once, and one more each `interval`.
struct Rate {
    std::uint32_t burst = 1;
    std::chrono::nanoseconds interval{0};
};

class RateBucket {
public:
    // None: it may, and is counted. Else how long it has to wait.
    [[nodiscard]] std::optional<std::chrono::seconds> take(const Rate& rate,
                                                           protocol::TimePoint now) {
        const protocol::TimePoint next = std::max(full_at_, now) + rate.interval;
        const auto excess = next - now - rate.burst * rate.interval;
        if (excess > std::chrono::nanoseconds::zero()) {
            return std::chrono::ceil<std::chrono::seconds>(excess);
        }
        full_at_ = next;
        return std::nullopt;
    }

    // It says then what no bucket says.
    [[nodiscard]] bool is_full(protocol::TimePoint now) const noexcept { return full_at_ <= now; }

private:
    protocol::TimePoint full_at_{};
};

template <typename Key>
class RateBuckets {
public:
    static constexpr std::size_t keys_max = 4096;

    explicit RateBuckets(const Rate& rate) noexcept : rate_{rate} {}

    // As RateBucket says.
    [[nodiscard]] std::optional<std::chrono::seconds> take(const Key& key,
                                                           protocol::TimePoint now) {
        return bucket_of(key, now).take(rate_, now);
    }

    [[nodiscard]] std::size_t size() const noexcept { return buckets_.size(); }

private:
    [[nodiscard]] RateBucket& bucket_of(const Key& key, protocol::TimePoint now) {
        const auto found = buckets_.find(key);
        if (found != buckets_.end()) return found->second;
        if (buckets_.size() >= keys_max) {
            std::erase_if(buckets_, [now](const auto& each) { return each.second.is_full(now); });
        }
        if (buckets_.size() >= keys_max) return others_;
        return buckets_[key];
    }

    // Constant after construction.
    Rate rate_;
    // The admin thread's.
    std::map<Key, RateBucket> buckets_;
    RateBucket others_;
};

}  // namespace turnpike::admin
