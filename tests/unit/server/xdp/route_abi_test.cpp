// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/route_abi.h"

#include <memory>

#include "server/relay/shared_limits.hpp"
#include "server/xdp/monotonic.hpp"
#include "tests/support/kernel_relay.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using namespace test;

static_assert(sizeof(relay::SharedLimits) == sizeof(Pool));
static_assert(alignof(relay::SharedLimits) <= alignof(Pool));
static_assert(TURNPIKE_BURST_NS == std::chrono::nanoseconds{relay::RateLimiter::burst}.count());
static_assert(way_to_peer == static_cast<int>(relay::Way::to_peer));
static_assert(way_from_peer == static_cast<int>(relay::Way::from_peer));

TEST_CASE("relay::SharedLimits made in a pool's place is what the kernel asks and charges",
          "[P4]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    Pool& pool = LoadedRelay::instance().program.pools()[5];
    pool = {};
    relay::SharedLimits& limits = *std::construct_at(reinterpret_cast<relay::SharedLimits*>(&pool));
    limits.limit_bytes(1000);
    limits.set_used_elsewhere(300);
    limits.limit_rate(8'000);
    KernelClient client{channel(), {}, 5};
    const Octets up = encode(client.from_client(some_payload(500)));
    CHECK(run(entry, up).counted == relayed_to_peer);
    CHECK(limits.used() == 500);
    CHECK(limits.bytes_left() == 200);
    CHECK(limits.first_media() == client.usage().first_media);
    CHECK_FALSE(limits.has_rate(relay::Way::to_peer, *limits.first_media()));
    CHECK(limits.has_rate(relay::Way::from_peer, *limits.first_media()));
    CHECK(run(entry, up).counted == passed_bytes);
    // What user space charges counts in the kernel.
    limits.limit_bytes(0);
    CHECK(run(entry, up).counted == drop_bandwidth);
    limits.charge(relay::Way::from_peer, 1000, KernelClient::Clock::now());
    CHECK(run(entry, encode(client.from_peer(some_payload(1)))).counted == drop_bandwidth);
    limits.limit_rate(0);
    CHECK(run(entry, up).counted == relayed_to_peer);
}

TEST_CASE(
    "relayed payload is counted by the first verdicts, and dropped packets are none of them") {
    STATIC_REQUIRE(relayed_to_peer == 0);
    STATIC_REQUIRE(relayed_to_client == 1);
    STATIC_REQUIRE(relayed_hairpin == 2);
    STATIC_REQUIRE(std::size(Counters{}.octets) == relayed_hairpin + 1);
    STATIC_REQUIRE(drop_bandwidth > relayed_hairpin);
    STATIC_REQUIRE(passed_fragment > drop_failed);
    STATIC_REQUIRE(verdict_count == unrelated);
}

}  // namespace
}  // namespace turnpike::xdp
