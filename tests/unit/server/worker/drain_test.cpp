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

}  // namespace
}  // namespace turnpike::worker
