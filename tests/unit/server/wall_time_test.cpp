// SPDX-License-Identifier: BSD-3-Clause
#include "server/wall_time.hpp"

#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;
using storage::Time;

constexpr Time now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 12h + 345us};

TEST_CASE("a time is written in several ways") {
    const Time evening{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 18h};
    for (const char* text :
         {"2026-11-23T18:00:00Z", "2026-11-23 18:00:00", "2026-11-23T18:00", "2026-11-23 18:00Z"}) {
        INFO(text);
        CHECK(parse_wall_time(text, now) == evening);
    }
    CHECK(parse_wall_time("+40m", now) == now + 40min);
    CHECK(format_wall_time(evening) == "2026-11-23T18:00:00Z");
    CHECK(format_wall_time(now) == "2026-11-23T12:00:00Z");
}

TEST_CASE("what is no time is none") {
    for (const char* text :
         {"", "+", "+x", "now", "2026-11-23", "2026-02-30T10:00Z", "2026-11-23T24:00Z",
          "2026-11-23T10:60Z", "2026-11-23T10:00:00+01", "2026-11-23T10:00:", "1969-12-31T10:00Z",
          "2026-1-23T10:00Z", "2026-11-23T-1:00Z"}) {
        INFO(text);
        CHECK(parse_wall_time(text, now) == std::nullopt);
    }
}

}  // namespace
}  // namespace turnpike
