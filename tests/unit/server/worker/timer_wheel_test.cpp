// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/timer_wheel.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::AllocationId;
using protocol::TimePoint;

constexpr TimePoint start{1h};
constexpr TimerKey one{AllocationId{1}};
constexpr TimerKey two{AllocationId{2}};

std::vector<TimerKey> due(TimerWheel& wheel, TimePoint now) {
    const auto keys = wheel.advance(now);
    std::vector<TimerKey> sorted{keys.begin(), keys.end()};
    std::ranges::sort(sorted);
    return sorted;
}

// Sleeps as the worker does, until the key is due.
TimePoint wake_of(TimerWheel& wheel, TimerKey key) {
    while (const auto next = wheel.next()) {
        const auto keys = wheel.advance(*next);
        if (std::ranges::find(keys, key) != keys.end()) return *next;
    }
    return TimePoint::max();
}

TEST_CASE("an empty wheel has nothing to wait for") {
    TimerWheel wheel{start};
    CHECK_FALSE(wheel.next());
    CHECK(wheel.advance(start + 1h).empty());
    CHECK(wheel.size() == 0);
}

TEST_CASE("a deadline is never early and at most one tick late") {
    const auto after =
        GENERATE(0ns, 1ns, 49'999'999ns, 50'000'000ns, 50'000'001ns, std::chrono::nanoseconds{300s},
                 std::chrono::nanoseconds{204'800ms}, std::chrono::nanoseconds{204'801ms},
                 std::chrono::nanoseconds{3600s}, std::chrono::nanoseconds{24h});
    for (const auto age : {0ms, 7ms, 50ms, 204'799ms, 1'000'000ms}) {
        TimerWheel wheel{start};
        const TimePoint now = start + age;
        CHECK(due(wheel, now).empty());
        wheel.set(one, now + after);
        const TimePoint woken = wake_of(wheel, one);
        CHECK(woken >= now + after);
        CHECK(woken <= now + after + TimerWheel::tick);
        CHECK(wheel.size() == 0);
    }
}

TEST_CASE("a deadline on a whole second is met on that second", "[P3]") {
    TimerWheel wheel{start};
    wheel.set(one, start + 60s);
    CHECK(due(wheel, start + 60s - 1ns).empty());
    CHECK(wheel.next() == start + 60s);
    CHECK(due(wheel, start + 60s) == std::vector{one});
    CHECK(due(wheel, start + 61s).empty());
}

TEST_CASE("setting again replaces, cancelling removes") {
    TimerWheel wheel{start};
    wheel.set(one, start + 1s);
    wheel.set(one, start + 5s);
    wheel.set(two, start + 1s);
    CHECK(wheel.size() == 2);
    CHECK(due(wheel, start + 2s) == std::vector{two});
    wheel.set(one, start + 3s);
    CHECK(due(wheel, start + 3s) == std::vector{one});
    wheel.set(one, start + 4s);
    wheel.cancel(one);
    wheel.cancel(one);
    wheel.cancel(two);
    CHECK(wheel.size() == 0);
    CHECK_FALSE(wheel.next());
    CHECK(due(wheel, start + 1h).empty());
}

TEST_CASE("an allocation and a connection with one number are two keys") {
    TimerWheel wheel{start};
    const TimerKey connection{TimerKind::association, 1};
    wheel.set(one, start + 1s);
    wheel.set(connection, start + 2s);
    CHECK(due(wheel, start + 1s) == std::vector{one});
    CHECK(due(wheel, start + 2s) == std::vector{connection});
    CHECK(one.allocation() == AllocationId{1});
}

TEST_CASE("what is overdue when it is set comes with the next tick") {
    TimerWheel wheel{start};
    CHECK(due(wheel, start + 10s).empty());
    wheel.set(one, start);
    wheel.set(two, TimePoint{});
    CHECK(wheel.next() == start + 10s + TimerWheel::tick);
    CHECK(due(wheel, start + 10s + TimerWheel::tick) == std::vector{one, two});
}

TEST_CASE("a time that never comes neither overflows nor keeps others waiting") {
    TimerWheel wheel{start};
    wheel.set(one, TimePoint::max());
    wheel.set(two, start + 1h);
    CHECK(due(wheel, start + 1h) == std::vector{two});
    CHECK(due(wheel, start + 24h * 365 * 10).empty());
    CHECK(wheel.size() == 1);
}

TEST_CASE("a clock that stands still or a long sleep loses nothing") {
    TimerWheel wheel{start};
    for (std::uint64_t number = 0; number < 1000; ++number) {
        wheel.set(AllocationId{number}, start + std::chrono::seconds{number});
    }
    CHECK(due(wheel, start + 1s).size() == 2);
    CHECK(due(wheel, start + 1s).empty());
    CHECK(due(wheel, start).empty());
    CHECK(due(wheel, start + 24h).size() == 998);
    CHECK(wheel.size() == 0);
}

TEST_CASE("handling what is due may set and cancel") {
    TimerWheel wheel{start};
    for (std::uint64_t number = 0; number < 100; ++number) {
        wheel.set(AllocationId{number}, start + 1s);
    }
    for (const TimerKey& key : wheel.advance(start + 1s)) {
        if (key.number % 2 == 0) wheel.set(key, start + 2s);
        wheel.cancel(AllocationId{key.number / 4});
        wheel.set(AllocationId{key.number + 1000}, start + 2s);
    }
    CHECK(wheel.size() >= 100);
    CHECK(due(wheel, start + 2s).size() >= 100);
    CHECK(wheel.size() == 0);
}

// Against a map, over a long random life.
struct Life {
    std::mt19937_64 random{10};
    TimerWheel wheel{start};
    std::map<TimerKey, TimePoint> oracle;
    TimePoint now = start;

    void set(TimerKey key) {
        oracle[key] = now + std::chrono::microseconds{random() % 700'000'000};
        wheel.set(key, oracle[key]);
    }
    void cancel(TimerKey key) {
        wheel.cancel(key);
        oracle.erase(key);
    }
    // Seldom a wait that is longer than a turn of the wheel. True where nothing came early.
    [[nodiscard]] bool time_passes() {
        const std::uint64_t longest = random() % 100 == 0 ? 900'000'000 : 400'000;
        now += std::chrono::microseconds{random() % longest};
        bool in_time = true;
        for (const TimerKey& key : wheel.advance(now)) {
            const auto entry = oracle.find(key);
            in_time = in_time && entry != oracle.end() && entry->second <= now;
            oracle.erase(key);
        }
        return in_time;
    }
    // Nothing is left that should have come, and next() sleeps through nothing.
    [[nodiscard]] bool agrees() const {
        const auto next = wheel.next();
        if (wheel.size() != oracle.size() || next.has_value() == oracle.empty()) return false;
        return std::ranges::all_of(oracle, [&](const auto& each) {
            return each.second + TimerWheel::tick > std::max(now, *next - 1ns);
        });
    }
};

TEST_CASE("the wheel and a map agree on what is due") {
    Life life;
    for (int step = 0; step < 10'000; ++step) {
        const TimerKey key{static_cast<TimerKind>(life.random() % 2), life.random() % 300};
        const auto choice = life.random() % 8;
        if (choice < 4) {
            life.set(key);
        } else if (choice == 4) {
            life.cancel(key);
        } else {
            REQUIRE(life.time_passes());
        }
        REQUIRE(life.agrees());
    }
}

}  // namespace
}  // namespace turnpike::worker
