// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/hop_table.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using protocol::IpAddress;
using protocol::TimePoint;

constexpr TimePoint start{1h};
constexpr Mac theirs{2, 0, 0, 0, 0, 1};
constexpr Mac ours{2, 0, 0, 0, 0, 2};

NextHop neighbour(std::uint32_t last_octet, std::uint32_t interface = 3) {
    return {.interface = interface, .address = IpAddress::v4(0xC0000200U + last_octet)};
}

// The memory of a map, here of nobody's: three indices and the one that is nobody's.
struct Table {
    std::array<Hop, 4> memory{};
    HopTable hops{memory};

    std::uint32_t acquire(std::uint32_t last_octet, TimePoint now = start) {
        return hops.acquire(neighbour(last_octet), now).value();
    }
    void write(std::uint32_t index, const Mac& destination = theirs) {
        hops.write(index, {.destination = destination, .source = ours, .mtu = 1500});
    }
};

TEST_CASE("a next hop has one index, whoever asks, and another has another") {
    Table table;
    const std::uint32_t index = table.acquire(1);
    CHECK(index != HopTable::nowhere);
    CHECK(table.acquire(1) == index);
    CHECK(table.acquire(2) != index);
    CHECK(table.hops.acquire(neighbour(1, 4), start) != index);
    CHECK(table.hops.next_hop(index) == neighbour(1));
    CHECK(table.hops.find(neighbour(1)) == index);
}

TEST_CASE("when all indices have users the next one gets none, and index 0 stays nobody's") {
    Table table;
    for (const std::uint32_t each : {1U, 2U, 3U}) CHECK(table.acquire(each) != HopTable::nowhere);
    CHECK_FALSE(table.hops.acquire(neighbour(4), start + 1h));
    CHECK(table.hops.in_use().size() == 3);
    table.hops.release(HopTable::nowhere, start);
    CHECK(table.memory[HopTable::nowhere].usable == 0);
}

TEST_CASE("a hop is what was written, and no more when its last user is gone") {
    Table table;
    const std::uint32_t index = table.acquire(1);
    CHECK(table.acquire(1) == index);
    CHECK_FALSE(table.hops.is_usable(index));
    table.write(index);
    const Hop& hop = table.memory[index];
    CHECK(std::ranges::equal(hop.destination, theirs));
    CHECK(std::ranges::equal(hop.source, ours));
    CHECK(hop.usable == 1);
    CHECK(hop.interface == 3);
    CHECK(hop.mtu == 1500);
    table.hops.release(index, start);
    CHECK(hop.usable == 1);
    table.hops.release(index, start);
    CHECK(hop.usable == 0);
    table.write(index);
    CHECK(hop.usable == 0);
    CHECK_FALSE(table.hops.find(neighbour(1)));
}

TEST_CASE("a hop is taken out of use, and comes back with a new MAC or a new MTU") {
    Table table;
    const std::uint32_t index = table.acquire(1);
    table.write(index);
    table.hops.disable(index);
    CHECK(table.memory[index].usable == 0);
    const Mac other{2, 0, 0, 0, 0, 9};
    table.write(index, other);
    CHECK(table.memory[index].usable == 1);
    CHECK(std::ranges::equal(table.memory[index].destination, other));
    table.hops.write(index, {.destination = other, .source = theirs, .mtu = 1280});
    CHECK(table.memory[index].usable == 1);
    CHECK(std::ranges::equal(table.memory[index].source, theirs));
    CHECK(table.memory[index].mtu == 1280);
}

TEST_CASE("an index means nothing else until it has rested, but the same again at once") {
    Table table;
    const std::uint32_t index = table.acquire(1);
    for (const std::uint32_t each : {2U, 3U}) CHECK(table.acquire(each) != index);
    table.hops.release(index, start);
    CHECK_FALSE(table.hops.acquire(neighbour(4), start + HopTable::rest - 1ns));
    CHECK(table.acquire(1, start) == index);
    table.hops.release(index, start + 5s);
    CHECK_FALSE(table.hops.acquire(neighbour(4), start + 5s));
    CHECK(table.acquire(4, start + 5s + HopTable::rest) == index);
    CHECK(table.hops.next_hop(index) == neighbour(4));
    CHECK_FALSE(table.hops.find(neighbour(1)));
}

TEST_CASE("of the idle ones that which has been so longest is given away") {
    Table table;
    const std::uint32_t first = table.acquire(1);
    const std::uint32_t second = table.acquire(2);
    CHECK(table.acquire(3) != second);
    table.hops.release(second, start);
    table.hops.release(first, start + 1ms);
    CHECK(table.acquire(4, start + 1h) == second);
    CHECK(table.acquire(5, start + 1h) == first);
}

TEST_CASE("a retired index is never usable again, and its next hop gets another") {
    Table table;
    const std::uint32_t old = table.acquire(1);
    table.write(old);
    table.hops.retire(old);
    CHECK(table.memory[old].usable == 0);
    table.write(old);
    CHECK(table.memory[old].usable == 0);
    CHECK(table.hops.in_use().empty());
    const std::uint32_t fresh = table.acquire(1);
    CHECK(fresh != old);
    table.write(fresh);
    table.hops.release(old, start);
    CHECK(table.memory[fresh].usable == 1);
    CHECK(table.hops.find(neighbour(1)) == fresh);
    // The old one has rested: it may stand for somebody else now, and takes nothing from the new.
    CHECK(table.acquire(2, start + 1h) != fresh);
    CHECK(table.acquire(3, start + 1h) == old);
    CHECK(table.acquire(1, start + 1h) == fresh);
}

TEST_CASE("hops that a process left stay as they are until no route goes by them any more") {
    Table table;
    const std::uint32_t left = table.acquire(1);
    table.write(left);
    HopTable next{table.memory};
    CHECK(next.in_use().empty());
    CHECK_FALSE(next.find(neighbour(1)));
    std::vector<std::uint32_t> handed_out;
    for (const std::uint32_t each : {1U, 2U}) {
        handed_out.push_back(next.acquire(neighbour(each), start).value());
    }
    CHECK(std::ranges::find(handed_out, left) == handed_out.end());
    CHECK_FALSE(next.acquire(neighbour(3), start + 1h));
    next.write(left, {.destination = ours, .source = ours, .mtu = 1});
    CHECK(table.memory[left].usable == 1);
    CHECK(table.memory[left].mtu == 1500);
    next.release_inherited(start);
    CHECK(table.memory[left].usable == 0);
    CHECK_FALSE(next.acquire(neighbour(3), start + HopTable::rest - 1ns));
    CHECK(next.acquire(neighbour(3), start + HopTable::rest) == left);
    next.release_inherited(start);
    CHECK(next.find(neighbour(3)) == left);
}

}  // namespace
}  // namespace turnpike::xdp
