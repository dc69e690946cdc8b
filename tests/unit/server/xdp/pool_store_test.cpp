// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/pool_store.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using relay::SharedLimits;
using relay::Way;

constexpr protocol::TimePoint noon = protocol::TimePoint{} + 12h;

TEST_CASE("limits and a pool are the same numbers") {
    std::array<Pool, 2> pools{};
    PoolStore store{pools};
    SharedLimits* const limits = store.make();
    REQUIRE(store.index_of(limits) == 1);
    const Pool& pool = pools[1];
    limits->limit_rate(8000);
    CHECK(pool.bits_per_second == 8000);
    limits->limit_bytes(500);
    CHECK(pool.octets_max == 500);
    limits->set_used_elsewhere(40);
    CHECK(pool.octets_elsewhere == 40);
    limits->charge(Way::from_peer, 60, noon);
    CHECK(pool.octets == 60);
    CHECK(pool.full_ns[way_to_peer] == 0);
    CHECK(pool.full_ns[way_from_peer] ==
          static_cast<std::uint64_t>((noon + 60ms).time_since_epoch().count()));
    limits->note_media(noon);
    CHECK(pool.first_media_ns == static_cast<std::uint64_t>(noon.time_since_epoch().count()));
    limits->note_exhaustion();
    CHECK(pool.exhausted == 1);
    pools[1].octets += 400;
    CHECK(limits->bytes_left() == 0);
    store.give_back(limits);
}

TEST_CASE("a pool begins without what it had before, and nobody's stays nobody's") {
    std::array<Pool, 2> pools{};
    PoolStore store{pools};
    SharedLimits* const first = store.make();
    first->limit_bytes(1);
    store.give_back(first);
    SharedLimits* const second = store.make();
    CHECK(second == first);
    CHECK(pools[1].octets_max == 0);
    CHECK(store.index_of(nullptr) == 0);
    store.give_back(second);
}

TEST_CASE("where the pools are all taken, limits live on the heap and are no pool's") {
    std::array<Pool, 2> pools{};
    PoolStore store{pools};
    SharedLimits* const pooled = store.make();
    SharedLimits* const heaped = store.make();
    CHECK(store.index_of(pooled) == 1);
    CHECK_FALSE(store.index_of(heaped));
    heaped->limit_bytes(7);
    CHECK(heaped->bytes_left() == 7);
    store.give_back(heaped);
    store.give_back(pooled);
}

}  // namespace
}  // namespace turnpike::xdp
