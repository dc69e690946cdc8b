// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/config.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

static_assert(PortRange{1024, 2048}.contains(1024) && PortRange{1024, 2048}.contains(2048));
static_assert(!PortRange{1024, 2048}.contains(1023) && !PortRange{1024, 2048}.contains(2049));

TEST_CASE("a secret says itself whether its usernames end the relay, or leaves it to the default") {
    Auth auth;
    auth.expired = Expired::keep;
    CHECK_FALSE(expiry_ends_relay(auth, {"s", {}}));
    CHECK(expiry_ends_relay(auth, {"s", Expired::end}));
    auth.expired = Expired::end;
    CHECK(expiry_ends_relay(auth, {"s", {}}));
    CHECK_FALSE(expiry_ends_relay(auth, {"s", Expired::keep}));
}

}  // namespace
}  // namespace turnpike::config
