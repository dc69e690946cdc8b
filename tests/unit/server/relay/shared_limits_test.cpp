// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/shared_limits.hpp"

#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::relay {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

constexpr TimePoint start{1h};

TEST_CASE("without a limit everything passes and is counted") {
    SharedLimits limits;
    for (int count = 0; count < 1000; ++count) {
        REQUIRE(limits.has_rate(Way::to_peer, start));
        limits.charge(Way::to_peer, 1'000'000, start);
    }
    CHECK(limits.bytes_left() == UINT64_MAX);
    CHECK(limits.used() == 1'000'000'000);
    CHECK(limits.room(Way::to_peer, start).octets == UINT64_MAX);
}

TEST_CASE("a rate holds each way for itself, and may change") {
    SharedLimits limits;
    limits.limit_rate(8'000);  // a burst of 250 octets
    limits.charge(Way::to_peer, 250, start);
    CHECK_FALSE(limits.has_rate(Way::to_peer, start));
    CHECK(limits.has_rate(Way::from_peer, start));
    CHECK(limits.has_rate(Way::to_peer, start + 1ms));
    CHECK(limits.room(Way::to_peer, start).octets == 0);
    CHECK(limits.room(Way::to_peer, start).again == start + 125ms);
    CHECK(limits.room(Way::to_peer, start + 250ms).octets == 250);
    limits.limit_rate(0);
    CHECK(limits.has_rate(Way::to_peer, start));
}

TEST_CASE("a budget is used here and elsewhere, and may change") {
    SharedLimits limits;
    limits.limit_bytes(1'000);
    limits.charge(Way::to_peer, 300, start);
    limits.charge(Way::from_peer, 300, start);
    CHECK(limits.bytes_left() == 400);
    limits.set_used_elsewhere(300);
    CHECK(limits.bytes_left() == 100);
    limits.limit_bytes(800);
    CHECK(limits.bytes_left() == 0);
    limits.limit_bytes(2'000);
    CHECK(limits.bytes_left() == 1'100);
}

TEST_CASE("nothing is lost where several threads charge at once") {
    SharedLimits limits;
    limits.limit_rate(1'000'000'000);
    std::vector<std::thread> threads;
    for (int number = 0; number < 4; ++number) {
        threads.emplace_back([&limits] {
            for (int count = 0; count < 10'000; ++count) limits.charge(Way::to_peer, 125, start);
        });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(limits.used() == 5'000'000);
    // 40 ms at this rate.
    CHECK(limits.room(Way::to_peer, start).octets == 26'250'000);
}

TEST_CASE("what was used goes on in another process") {
    SharedLimits before;
    before.limit_rate(8000);
    before.limit_bytes(1000);
    before.set_used_elsewhere(100);
    before.charge(Way::to_peer, 200, start);
    before.note_media(start);
    before.note_exhaustion();
    SharedLimits after;
    after.go_on(before.numbers());
    after.limit_rate(8000);
    CHECK(after.numbers() == before.numbers());
    CHECK(after.first_media() == start);
    CHECK(after.has_rate(Way::to_peer, start) == before.has_rate(Way::to_peer, start));
    after.limit_bytes(1000);
    CHECK(after.bytes_left() == 700);
}

}  // namespace
}  // namespace turnpike::relay
