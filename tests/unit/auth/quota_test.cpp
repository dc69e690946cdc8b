// SPDX-License-Identifier: BSD-3-Clause
#include "auth/quota.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::auth {
namespace {

TEST_CASE("a user holds as many allocations as the limit says", "[D17][P3]") {
    Quota quota;
    CHECK(quota.take("alice", 2));
    CHECK(quota.take("alice", 2));
    CHECK_FALSE(quota.take("alice", 2));
    CHECK(quota.take("bob", 2));
    quota.give_back("alice");
    CHECK(quota.take("alice", 2));
}

TEST_CASE("no limit counts all the same", "[D17]") {
    Quota quota;
    for (int round = 0; round < 100; ++round) CHECK(quota.take("alice", 0));
    CHECK(quota.held("alice") == 100);
    CHECK_FALSE(quota.take("alice", 100));
}

TEST_CASE("what was given back leaves nothing behind", "[D30]") {
    Quota quota;
    CHECK(quota.take("alice", 1));
    quota.give_back("alice");
    CHECK(quota.held("alice") == 0);
    CHECK(quota.held("nobody") == 0);
}

}  // namespace
}  // namespace turnpike::auth
