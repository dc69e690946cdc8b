// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/outcome.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

// What is held by family is held in this order by rules and worker alike.
static_assert(index_of(protocol::Family::ipv4) == 0);
static_assert(index_of(protocol::Family::ipv6) == 1);

TEST_CASE("a wish opens nothing that it does not name", "[D12][D30]") {
    const OpenRelay wish;
    CHECK_FALSE(wish.families[0]);
    CHECK_FALSE(wish.families[1]);
    CHECK_FALSE(wish.additional);
    CHECK_FALSE(wish.even);
    CHECK_FALSE(wish.reserve_next);
    CHECK_FALSE(wish.reservation.has_value());
}

TEST_CASE("a reply is a success to a stranger unless it says otherwise", "[P1]") {
    const Reply reply;
    CHECK_FALSE(reply.error.has_value());
    CHECK_FALSE(reply.authenticated);
}

}  // namespace
}  // namespace turnpike::turn
