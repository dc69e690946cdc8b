// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/limits_home.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::relay {
namespace {

TEST_CASE("limits on the heap begin without any, and go with their pointer") {
    HeapLimits home;
    const LimitsPointer limits = make_limits(home, {LimitsOwner::Kind::user, "alice"});
    REQUIRE(limits);
    CHECK_FALSE(limits->is_exhausted());
    CHECK(limits->has_rate(Way::to_peer, {}));
    limits->limit_bytes(1);
    CHECK(limits->bytes_left() == 1);
}

}  // namespace
}  // namespace turnpike::relay
