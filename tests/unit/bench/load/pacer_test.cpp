// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/pacer.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;

TEST_CASE("bursts are due one interval after the other, each once") {
    Pacer pacer{1000, 1, 0ns};
    CHECK(pacer.take_due(0ns) == 1);
    CHECK(pacer.take_due(999us) == 0);
    CHECK(pacer.next_due() == 1ms);
    CHECK(pacer.take_due(1ms) == 1);
    CHECK(pacer.take_due(4ms) == 3);
}

TEST_CASE("a burst of sixteen is due a sixteenth as often") {
    Pacer pacer{16'000, 16, 5ms};
    CHECK(pacer.take_due(4ms) == 0);
    CHECK(pacer.take_due(5ms) == 1);
    CHECK(pacer.next_due() == 6ms);
}

TEST_CASE("a second at a rate is that many packets, however often it is asked") {
    for (const nanoseconds step : {nanoseconds{7us}, nanoseconds{1ms}, nanoseconds{9ms}}) {
        Pacer pacer{12'345, 1, 0ns};
        std::uint64_t taken = 0;
        for (nanoseconds now = 0ns; now <= 1s; now += step) taken += pacer.take_due(now);
        INFO(step.count());
        CHECK(taken >= 12'345 - 12'345 * 9 / 1000 - 1);
        CHECK(taken <= 12'346);
    }
}

TEST_CASE("what is owed beyond ten milliseconds is forgiven") {
    Pacer pacer{1000, 1, 0ns};
    CHECK(pacer.take_due(1s) <= 11);
    CHECK(pacer.take_due(1s) == 0);
    CHECK(pacer.next_due() > 1s);
    CHECK(pacer.next_due() <= 1s + 1ms);
}

TEST_CASE("without a rate there is always more to do") {
    Pacer pacer{0, 16, 0ns};
    CHECK(pacer.take_due(0ns) > 0);
    CHECK(pacer.take_due(0ns) > 0);
    CHECK(pacer.next_due() == 0ns);
}

}  // namespace
}  // namespace turnpike::bench
