// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/monotonic.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

TEST_CASE("a time is the nanoseconds since the machine's start") {
    CHECK(monotonic_ns(TimePoint{}) == 0);
    CHECK(monotonic_ns(TimePoint{3s}) == 3'000'000'000U);
    CHECK(time_point(3'000'000'000U) == TimePoint{3s});
}

TEST_CASE("an hour before the machine's start is no time to come") {
    CHECK(monotonic_ns(TimePoint{-1h}) == 0);
    CHECK(monotonic_ns(TimePoint::min()) == 0);
    CHECK(monotonic_ns(TimePoint::max()) > monotonic_ns(TimePoint{100h}));
}

}  // namespace
}  // namespace turnpike::xdp
