// SPDX-License-Identifier: BSD-3-Clause
#include "storage/wall_time.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a time that is written reads back to itself, to the second") {
    const Time evening{std::chrono::sys_days{std::chrono::year{2026} / 11 / 23} + 18h + 5s};
    CHECK(format_wall_time(evening + 345us) == "2026-11-23T18:00:05Z");
    CHECK(parse_wall_time(format_wall_time(evening)) == evening);
    CHECK(parse_wall_time("2026-11-23 18:00") == evening - 5s);
    for (const char* const bad :
         {"", "+40m", "tomorrow", "2026-13-01T00:00Z", "2026-11-23T18:00+01"}) {
        INFO(bad);
        CHECK(parse_wall_time(bad) == std::nullopt);
    }
}

}  // namespace
}  // namespace turnpike::storage
