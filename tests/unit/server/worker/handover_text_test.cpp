// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/handover_text.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/full_handover.hpp"

namespace turnpike::worker {
namespace {

TEST_CASE("a handover is the same after it was written and read") {
    const Handover before = test::full_handover();
    const std::string text = to_text(before);
    const auto after = parse_handover(text);
    REQUIRE(after.has_value());
    CHECK(to_text(*after) == text);
    const HandedAllocation& handed = after->workers.front().allocations.front();
    CHECK(handed.rules.seed.grant.username == "alice\xFF");
    CHECK(handed.rules.seed.grant.token->until == test::moment(99));
    CHECK(handed.rules.seed.grant.call_grant->participants == 2);
    CHECK(handed.rules.routes == before.workers.front().allocations.front().rules.routes);
    CHECK(handed.all.traffic[1].bytes == 400);
    CHECK(handed.slot == 11U);
    CHECK(after->keys.nonces == before.keys.nonces);
    CHECK(after->limits.front().share.numbers.used == 4);
}

TEST_CASE("what is no handover of this version says why") {
    using Catch::Matchers::Contains;
    const std::string text = to_text(test::full_handover());
    CHECK_THAT(parse_handover("").error().why, Contains("no JSON"));
    CHECK_THAT(parse_handover("[]").error().why, Contains("another version"));
    CHECK_THAT(parse_handover(R"({"format": 2})").error().why, Contains("another version"));
    CHECK_THAT(parse_handover(R"({"format": 1, "workers": 3})").error().why,
               Contains("another form"));
    // Cut anywhere it is refused, and never half of it taken.
    for (std::size_t size = 0; size < text.size(); size += 7) {
        CHECK_FALSE(parse_handover(std::string_view{text}.substr(0, size)).has_value());
    }
}

}  // namespace
}  // namespace turnpike::worker
