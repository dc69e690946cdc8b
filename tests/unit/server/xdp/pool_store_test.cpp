// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/pool_store.hpp"

#include <array>
#include <set>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using relay::SharedLimits;
using relay::Way;

constexpr relay::LimitsOwner alice{relay::LimitsOwner::Kind::user, "alice"};
constexpr protocol::TimePoint noon = protocol::TimePoint{} + 12h;

TEST_CASE("limits and a pool are the same numbers") {
    std::array<Pool, 2> pools{};
    PoolStore store{pools};
    SharedLimits* const limits = store.make(alice);
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
    SharedLimits* const first = store.make(alice);
    first->limit_bytes(1);
    store.give_back(first);
    SharedLimits* const second = store.make(alice);
    CHECK(second == first);
    CHECK(pools[1].octets_max == 0);
    CHECK(store.index_of(nullptr) == 0);
    store.give_back(second);
}

TEST_CASE("where the pools are all taken, limits live on the heap and are no pool's") {
    std::array<Pool, 2> pools{};
    PoolStore store{pools};
    SharedLimits* const pooled = store.make(alice);
    SharedLimits* const heaped = store.make(alice);
    CHECK(store.index_of(pooled) == 1);
    CHECK_FALSE(store.index_of(heaped));
    heaped->limit_bytes(7);
    CHECK(heaped->bytes_left() == 7);
    store.give_back(heaped);
    store.give_back(pooled);
}

using Kind = relay::LimitsOwner::Kind;

// What a process left of two users and a call that is called like one of them.
struct Left {
    std::array<Pool, 5> pools{};
    PoolStore store{pools};

    Left() {
        for (std::uint64_t index = 0; index < pools.size(); ++index) {
            pools[index].octets = index * 100;
            pools[index].octets_max = 1000;
            pools[index].full_ns[way_to_peer] = 7;
        }
        const std::vector<PoolStore::Inherited> left{{Kind::user, "alice", 3},
                                                     {Kind::call, "alice", 2},
                                                     {Kind::user, "bob", 4},
                                                     // None of these can be:
                                                     {Kind::user, "carol", 4},
                                                     {Kind::user, "dan", 0},
                                                     {Kind::user, "eve", 5},
                                                     {Kind::user, "alice", 1}};
        store.inherit(left);
    }
};

TEST_CASE("a user and a call get their pools again as they stand, once") {
    Left left;
    SharedLimits* const user = left.store.make(alice);
    CHECK(left.store.index_of(user) == 3);
    CHECK(user->used() == 300);
    CHECK(user->bytes_left() == 700);
    CHECK(left.pools[3].full_ns[way_to_peer] == 7);
    SharedLimits* const call = left.store.make({Kind::call, "alice"});
    CHECK(left.store.index_of(call) == 2);
    CHECK(call->used() == 200);
    SharedLimits* const again = left.store.make(alice);
    CHECK(left.store.index_of(again) == 1);
    CHECK(again->used() == 0);
    for (SharedLimits* const each : {user, call, again}) left.store.give_back(each);
}

TEST_CASE("nobody else gets a pool that waits for its owner") {
    Left left;
    for (const std::string_view name : {"carol", "dan", "eve"}) {
        SharedLimits* const other = left.store.make({Kind::user, name});
        CHECK(left.store.index_of(other).value_or(1) == 1);
        CHECK(other->used() == 0);
    }
    CHECK(left.pools[4].octets == 400);
    CHECK(left.store.index_of(left.store.make({Kind::user, "bob"})) == 4);
}

TEST_CASE("pools that nobody asked for are empty and free") {
    Left left;
    CHECK(left.store.index_of(left.store.make(alice)) == 3);
    left.store.forget_unclaimed();
    CHECK(left.pools[2].octets == 0);
    CHECK(left.pools[4].octets_max == 0);
    CHECK(left.pools[3].octets == 300);
    std::set<std::uint32_t> handed_out;
    for (int count = 0; count < 3; ++count) {
        SharedLimits* const limits = left.store.make({Kind::user, "bob"});
        CHECK(limits->used() == 0);
        handed_out.insert(left.store.index_of(limits).value());
    }
    CHECK(handed_out == std::set<std::uint32_t>{1, 2, 4});
}

}  // namespace
}  // namespace turnpike::xdp
