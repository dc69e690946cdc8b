// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/exchange.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

TEST_CASE("a problem says what is wrong and what to do, in JSON whatever it holds") {
    const Answer answer = answer_of(bad_request("no \"x\"\n", "write \x01"));
    CHECK(answer.status == 400);
    CHECK(answer.type == "application/json");
    CHECK(answer.body ==
          R"({"error":{"code":"bad_request","message":"no \"x\"\n","advice":"write \u0001"}})"
          "\n");
    CHECK(answer_of(not_found("a", "b")).status == 404);
}

}  // namespace
}  // namespace turnpike::admin
