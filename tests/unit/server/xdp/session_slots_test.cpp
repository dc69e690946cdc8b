// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/session_slots.hpp"

#include "server/xdp/monotonic.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using protocol::AllocationId;
using protocol::TimePoint;

constexpr std::uint32_t first = 5;

// The memory of a map, here of nobody's.
struct Slots {
    std::array<SessionSlot, 3> memory{};
    SessionSlots slots{memory, first};

    std::uint32_t open(std::uint64_t allocation) {
        return slots.open({.allocation = AllocationId{allocation}, .expires = TimePoint{1h}})
            .value();
    }
    SessionSlot& at(std::uint32_t slot) { return memory[slot - first]; }
};

TEST_CASE("each allocation gets a slot of the worker's own, until there are no more", "[H13]") {
    Slots slots;
    CHECK(slots.open(1) == first);
    CHECK(slots.open(2) == first + 1);
    CHECK(slots.open(3) == first + 2);
    CHECK(slots.slots.free() == 0);
    CHECK_FALSE(slots.slots.open({}));
}

TEST_CASE("a slot that was released is handed out again after the others, and is as new") {
    Slots slots;
    const std::uint32_t slot = slots.open(1);
    slots.at(slot).ways[way_to_peer].octets = 100;
    slots.at(slot).first_media_ns = 3;
    slots.slots.release(slot);
    CHECK(slots.at(slot).allocation == 0);
    CHECK(slots.open(2) != slot);
    CHECK(slots.open(3) != slot);
    REQUIRE(slots.open(4) == slot);
    CHECK(slots.slots.usage(slot).to_peer.bytes == 0);
    CHECK_FALSE(slots.slots.usage(slot).first_media);
    CHECK(slots.at(slot).ways[way_to_peer].octets == 0);
}

TEST_CASE("a grant's limits, or none, as the kernel reads them") {
    Slots slots;
    const std::uint32_t slot = slots.open(1);
    CHECK(slots.at(slot).allocation == 1);
    CHECK(slots.at(slot).deadline_ns == ~0ULL);
    CHECK(slots.at(slot).octets_max == ~0ULL);
    CHECK(slots.at(slot).bits_per_second == 0);
    CHECK(slots.at(slot).expires_ns == monotonic_ns(TimePoint{1h}));
    slots.at(slot).ways[way_to_peer].octets = 77;
    slots.slots.amend(slot, {.deadline = TimePoint{2h}, .bytes = 1000, .bits_per_second = 64'000});
    slots.slots.extend(slot, TimePoint{3h});
    slots.slots.set_used_elsewhere(slot, 12);
    CHECK(slots.at(slot).deadline_ns == monotonic_ns(TimePoint{2h}));
    CHECK(slots.at(slot).octets_max == 1000);
    CHECK(slots.at(slot).bits_per_second == 64'000);
    CHECK(slots.at(slot).expires_ns == monotonic_ns(TimePoint{3h}));
    CHECK(slots.at(slot).octets_elsewhere == 12);
    CHECK(slots.slots.usage(slot).to_peer.bytes == 77);
}

TEST_CASE("usage is what both ways have counted") {
    Slots slots;
    const std::uint32_t slot = slots.open(1);
    CHECK_FALSE(slots.slots.usage(slot).last_media);
    SessionSlot& memory = slots.at(slot);
    memory.first_media_ns = 100;
    memory.media_seconds = 2;
    memory.ways[way_to_peer] = {
        .octets = 30, .packets = 3, .full_ns = 0, .last_media_ns = 200, .unused = {}};
    memory.ways[way_from_peer] = {
        .octets = 40, .packets = 4, .full_ns = 0, .last_media_ns = 300, .unused = {}};
    const Usage usage = slots.slots.usage(slot);
    CHECK(usage.to_peer.packets == 3);
    CHECK(usage.to_peer.bytes == 30);
    CHECK(usage.from_peer.packets == 4);
    CHECK(usage.from_peer.bytes == 40);
    CHECK(usage.first_media == time_point(100));
    CHECK(usage.last_media == time_point(300));
    CHECK(usage.heard == time_point(200));
    CHECK(usage.media_seconds == 2);
}

TEST_CASE("a closed slot keeps its count, whatever still tries to add to it") {
    Slots slots;
    const std::uint32_t slot = slots.open(1);
    slots.at(slot).ways[way_to_peer].octets = 30;
    CHECK(slots.slots.close(slot).to_peer.bytes == 30);
    CHECK((slots.at(slot).ways[way_to_peer].octets & TURNPIKE_WAY_CLOSED) != 0);
    CHECK((slots.at(slot).ways[way_from_peer].octets & TURNPIKE_WAY_CLOSED) != 0);
    CHECK(slots.slots.usage(slot).to_peer.bytes == 30);
    CHECK(slots.slots.close(slot).to_peer.bytes == 30);
}

// What a process left: two allocations, of which one had been closed.
struct Left {
    std::array<SessionSlot, 4> memory{};

    Left() {
        SessionSlots slots{memory, first};
        for (const std::uint64_t each : {1U, 2U, 3U}) {
            const auto slot = slots.open({.allocation = AllocationId{each},
                                          .limits = {.bytes = 1000},
                                          .expires = TimePoint{1h}});
            memory[*slot - first].ways[way_to_peer].octets = each * 10;
        }
        static_cast<void>(slots.close(first + 2));
    }
};

TEST_CASE("slots that hold an allocation wait for it, and only the others are handed out") {
    Left left;
    SessionSlots slots{left.memory, first};
    CHECK(slots.free() == 1);
    CHECK(slots.waiting() == 3);
    CHECK(slots.open({.allocation = AllocationId{9}}) == first + 3);
    CHECK_FALSE(slots.open({.allocation = AllocationId{10}}));
}

TEST_CASE("a slot is adopted once, by its own allocation, and goes on with its count") {
    Left left;
    SessionSlots slots{left.memory, first};
    const SlotSeed seed{.allocation = AllocationId{2},
                        .limits = {.bytes = 2000},
                        .expires = TimePoint{2h},
                        .user_pool = 3,
                        .call_pool = 4};
    CHECK_FALSE(slots.adopt(first, seed));
    CHECK_FALSE(slots.adopt(first - 1, seed));
    CHECK_FALSE(slots.adopt(first + 4, seed));
    CHECK(left.memory[0].octets_max == 1000);
    CHECK(slots.adopt(first + 1, seed));
    CHECK_FALSE(slots.adopt(first + 1, seed));
    CHECK(slots.waiting() == 2);
    CHECK(slots.usage(first + 1).to_peer.bytes == 20);
    CHECK(left.memory[1].octets_max == 2000);
    CHECK(left.memory[1].expires_ns == monotonic_ns(TimePoint{2h}));
    CHECK(left.memory[1].pools[0] == 3);
    CHECK(left.memory[1].pools[1] == 4);
}

TEST_CASE("neither a closed slot is adopted nor one of nobody") {
    Left left;
    SessionSlots slots{left.memory, first};
    CHECK_FALSE(slots.adopt(first + 2, {.allocation = AllocationId{3}}));
    CHECK_FALSE(slots.adopt(first + 3, {.allocation = AllocationId{0}}));
}

TEST_CASE("what nobody adopted is closed, told of once, and free") {
    Left left;
    SessionSlots slots{left.memory, first};
    REQUIRE(slots.adopt(first + 1, {.allocation = AllocationId{2}}));
    const auto unclaimed = slots.release_unclaimed();
    REQUIRE(unclaimed.size() == 1);
    CHECK(unclaimed[0].allocation == AllocationId{1});
    CHECK(unclaimed[0].usage.to_peer.bytes == 10);
    CHECK(left.memory[0].allocation == 0);
    CHECK((left.memory[0].ways[way_to_peer].octets & TURNPIKE_WAY_CLOSED) != 0);
    CHECK(left.memory[2].allocation == 0);
    CHECK(left.memory[1].allocation == 2);
    CHECK(slots.free() == 3);
    CHECK(slots.waiting() == 0);
    CHECK(slots.release_unclaimed().empty());
}

}  // namespace
}  // namespace turnpike::xdp
