// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/process_user.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

TEST_CASE("a user is known by his name, and nobody by none") {
    const auto root = process_user("root");
    REQUIRE(root);
    CHECK(root->user == 0);
    CHECK(root->group == 0);
    CHECK_FALSE(process_user(""));
    CHECK_FALSE(process_user("nobody of this name"));
}

}  // namespace
}  // namespace turnpike::worker
