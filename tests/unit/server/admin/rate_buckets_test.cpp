// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/rate_buckets.hpp"

#include <string>

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;

constexpr protocol::TimePoint noon{1000h};

TEST_CASE("a bucket gives what it holds at once, and then as fast as it fills") {
    const Rate rate{.burst = 2, .interval = 10s};
    RateBucket bucket;
    CHECK(bucket.is_full(noon));
    CHECK(bucket.take(rate, noon) == std::nullopt);
    CHECK_FALSE(bucket.is_full(noon));
    CHECK(bucket.take(rate, noon) == std::nullopt);
    CHECK(bucket.take(rate, noon + 1ms) == 10s);
    CHECK(bucket.take(rate, noon + 10s) == std::nullopt);
    CHECK_FALSE(bucket.is_full(noon + 29s));
    CHECK(bucket.is_full(noon + 30s));
}

TEST_CASE("who is refused is not counted") {
    const Rate rate{.burst = 1, .interval = 10s};
    RateBucket bucket;
    CHECK_FALSE(bucket.take(rate, noon));
    for (int turn = 0; turn < 100; ++turn) CHECK(bucket.take(rate, noon) == 10s);
    CHECK_FALSE(bucket.take(rate, noon + 10s));
}

TEST_CASE("keys are counted apart") {
    RateBuckets<std::string> buckets{{.burst = 1, .interval = 10s}};
    CHECK_FALSE(buckets.take("a", noon));
    CHECK(buckets.take("a", noon));
    CHECK_FALSE(buckets.take("b", noon));
    CHECK(buckets.size() == 2);
}

TEST_CASE("keys that do not fit share a bucket, until full ones make room") {
    RateBuckets<std::size_t> buckets{{.burst = 1, .interval = 10s}};
    const std::size_t most = RateBuckets<std::size_t>::keys_max;
    for (std::size_t key = 0; key < most; ++key) CHECK_FALSE(buckets.take(key, noon));
    CHECK_FALSE(buckets.take(most, noon));
    CHECK(buckets.take(most + 1, noon));
    CHECK(buckets.size() == most);
    CHECK_FALSE(buckets.take(most + 1, noon + 10s));
    CHECK(buckets.size() == 1);
}

}  // namespace
}  // namespace turnpike::admin
