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

TEST_CASE("a stream is told how much fits, and when there is room again", "[H13][J19]") {
    RateLimiter limiter{80'000, start};  // 10 octets each millisecond
    CHECK(limiter.room(start).octets == 2500);
    REQUIRE(limiter.take(2000, start));
    CHECK(limiter.room(start).octets == 500);
    REQUIRE(limiter.take(500, start));
    CHECK(limiter.room(start).octets == 0);
    CHECK(limiter.room(start).again == start + 125ms);
    CHECK(limiter.room(start + 125ms).octets == 1250);
    CHECK(limiter.room(start + 1h).octets == 2500);
    CHECK(RateLimiter{}.room(start).octets > 1'000'000'000'000);
}

TEST_CASE("what fits is taken, at any rate and fill", "[H13][J19]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    for (int round = 0; round < 200; ++round) {
        const std::uint64_t rate = std::uint64_t{1} << (random() % 64);
        RateLimiter limiter{rate, start};
        TimePoint now = start;
        for (int step = 0; step < 50; ++step) {
            const auto room = limiter.room(now);
            if (room.octets == 0) {
                REQUIRE(room.again > now);
                now = room.again;
                REQUIRE(limiter.room(now).octets > 0);
                continue;
            }
            REQUIRE(limiter.take(std::min<std::uint64_t>(room.octets, 65536), now));
        }
    }
}

}  // namespace
}  // namespace turnpike::relay
