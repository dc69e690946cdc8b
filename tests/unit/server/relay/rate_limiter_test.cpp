// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/rate_limiter.hpp"

#include <random>

#include "tests/support/catch.hpp"

namespace turnpike::relay {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

constexpr TimePoint start{1h};

TEST_CASE("without a limit everything passes", "[H13]") {
    RateLimiter limiter;
    RateLimiter zero{0, start};
    for (int packet = 0; packet < 1000; ++packet) {
        CHECK(limiter.take(65507, start));
        CHECK(zero.take(65507, start));
    }
}

TEST_CASE("a quarter of a second passes at once, then as much as the rate gives", "[H13][P3]") {
    RateLimiter limiter{80'000, start};  // 10 octets each millisecond
    int passed = 0;
    while (limiter.take(100, start)) ++passed;
    CHECK(passed == 25);
    CHECK(limiter.take(100, start + 1ns));
    CHECK_FALSE(limiter.take(100, start + 10ms));
    CHECK(limiter.take(100, start + 10ms + 1ns));
    CHECK_FALSE(limiter.take(100, start + 20ms));
}

TEST_CASE("silence saves no more than the burst", "[H13]") {
    RateLimiter limiter{80'000, start};
    const TimePoint later = start + 24h;
    int passed = 0;
    while (limiter.take(100, later)) ++passed;
    CHECK(passed == 25);
}

TEST_CASE("a datagram larger than the burst passes and is paid for afterwards", "[H13][H11]") {
    RateLimiter limiter{8'000, start};  // 1000 octets a second
    CHECK(limiter.take(65'507, start));
    CHECK_FALSE(limiter.take(1, start + 65'257ms));
    CHECK(limiter.take(1, start + 65'257ms + 1ns));
}

TEST_CASE("over any time no more passes than rate, burst and one datagram", "[H13][P3]") {
    std::mt19937_64 random{20240229};
    for (const std::uint64_t bits_per_second : {1U, 3U, 64'000U, 999'983U, 100'000'000U}) {
        RateLimiter limiter{bits_per_second, start};
        TimePoint now = start;
        std::uint64_t octets = 0;
        for (int packet = 0; packet < 20'000; ++packet) {
            now += std::chrono::microseconds{random() % 2000};
            const std::size_t size = random() % 1500;
            if (limiter.take(size, now)) octets += size;
        }
        const double seconds =
            std::chrono::duration<double>(now - start + RateLimiter::burst).count();
        CHECK(static_cast<double>(8 * octets) <=
              static_cast<double>(bits_per_second) * seconds + 8 * 1500);
    }
}

TEST_CASE("no size and no rate overflows the bucket", "[P3]") {
    RateLimiter slow{1, start};
    CHECK(slow.take(SIZE_MAX, start));
    CHECK_FALSE(slow.take(0, start));
    RateLimiter fast{UINT64_MAX, start};
    for (int packet = 0; packet < 1000; ++packet) CHECK(fast.take(65507, start));
}

}  // namespace
}  // namespace turnpike::relay
