// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/drain.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

constexpr TimePoint start = TimePoint{} + 1000s;

TEST_CASE("a server that nobody drains is never over") {
    Drain drain;
    CHECK_FALSE(drain.on_time(start + 24h, 0));
    CHECK(drain.state() == Drain::State::serving);
    CHECK(drain.left(start) == 0s);
}

TEST_CASE("a drain is over when the last allocation has gone") {
    Drain drain;
    drain.begin(start + 600s);
    CHECK_FALSE(drain.on_time(start + 1s, 2));
    CHECK(drain.state() == Drain::State::draining);
    CHECK(drain.left(start + 1s) == 599s);
    CHECK(drain.on_time(start + 2s, 0));
    CHECK(drain.state() == Drain::State::over);
}

TEST_CASE("a drain is over at its deadline, whoever is left") {
    Drain drain;
    drain.begin(start + 600s);
    CHECK_FALSE(drain.on_time(start + 600s - 1ns, 7));
    CHECK(drain.on_time(start + 600s, 7));
}

TEST_CASE("a drain may get another deadline, an earlier one too, until it is over") {
    Drain drain;
    drain.begin(start + 600s);
    drain.begin(start + 5s);
    CHECK(drain.left(start) == 5s);
    CHECK(drain.on_time(start + 5s, 1));
    drain.begin(start + 600s);
    CHECK(drain.state() == Drain::State::over);
}

TEST_CASE("whoever asks an empty server hears the answer before it is over") {
    Drain drain;
    drain.begin(start + 600s, start + 250ms);
    CHECK_FALSE(drain.on_time(start + 249ms, 0));
    CHECK(drain.state() == Drain::State::draining);
    CHECK(drain.on_time(start + 250ms, 0));
}

TEST_CASE("asking again and again puts the end off no further") {
    Drain drain;
    TimePoint now = start;
    for (int count = 0; count < 5; ++count, now += 50ms) {
        drain.begin(now + 600s, now + 250ms);
        CHECK_FALSE(drain.on_time(now, 0));
    }
    drain.begin(now + 600s, now + 250ms);
    CHECK(drain.on_time(now, 0));
}

TEST_CASE("who is still there when the deadline moves is waited for again") {
    Drain drain;
    drain.begin(start, start + 250ms);
    CHECK_FALSE(drain.on_time(start, 1));
    drain.begin(start + 600s, start + 300ms);
    CHECK_FALSE(drain.on_time(start + 300ms, 1));
    drain.begin(start, start + 400ms);
    CHECK_FALSE(drain.on_time(start + 399ms, 1));
    CHECK(drain.on_time(start + 400ms, 1));
}

}  // namespace
}  // namespace turnpike::worker
