// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/reply.hpp"

#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using storage::Failure;

TEST_CASE("what the database refuses is a conflict, all else is that it is away") {
    CHECK(answer_of(Failure{Failure::Kind::refused, "duplicate key"}).status == 409);
    for (const auto kind :
         {Failure::Kind::unavailable, Failure::Kind::timed_out, Failure::Kind::overloaded,
          Failure::Kind::read_only, Failure::Kind::full, Failure::Kind::schema}) {
        const Answer answer = answer_of(Failure{kind, "the reason"});
        CHECK(answer.status == 503);
        CHECK(test::json_of(answer).at("error").at("message") == "the reason");
    }
    CHECK(no_database().status == 503);
    CHECK(no_answer().status == 504);
}

TEST_CASE("what is not there is null") {
    CHECK(time_json(std::nullopt).is_null());
    CHECK(number_json(std::nullopt).is_null());
    CHECK(text_json(std::nullopt).is_null());
    CHECK(number_json(7) == 7);
    CHECK(text_json("a") == "a");
    CHECK(time_json(storage::Time{std::chrono::seconds{1'800'000'000}}) == "2027-01-15T08:00:00Z");
}

}  // namespace
}  // namespace turnpike::admin
