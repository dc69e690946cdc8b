// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/parked_messages.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using accounts::Who;
using Parked = ParkedMessages::Parked;

const Who alice{false, "alice", ""};
const Who bob{false, "bob", ""};

struct Sender {
    explicit Sender(std::uint16_t port) {
        five_tuple.client = {protocol::IpAddress::v4(0xC0000207U), port};
    }
    [[nodiscard]] ClientMessage message(protocol::Bytes octets) const {
        return {.five_tuple = five_tuple, .link = link, .octets = octets, .now = {}};
    }
    protocol::FiveTuple five_tuple;
    ClientLink link;
};

protocol::TransactionId transaction(std::uint8_t number) {
    protocol::TransactionId id;
    id.octets.fill(std::byte{number});
    return id;
}

const std::array octets{std::byte{1}, std::byte{2}};

TEST_CASE("messages come back in order, whole, and once") {
    ParkedMessages parked;
    const Sender one{1};
    const Sender two{2};
    CHECK(parked.park(alice, one.message(octets), transaction(1)) == Parked::yes);
    CHECK(parked.park(alice, two.message(octets), transaction(1)) == Parked::yes);
    CHECK(parked.park(bob, one.message(octets), transaction(2)) == Parked::yes);
    CHECK(parked.park(alice, one.message(octets), transaction(1)) == Parked::already);
    const auto taken = parked.take(alice);
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].five_tuple == one.five_tuple);
    CHECK(std::ranges::equal(taken[1].message({}).octets, octets));
    CHECK(parked.take(alice).empty());
    CHECK(parked.size() == 1);
}

TEST_CASE("what a connection left behind is forgotten with it") {
    ParkedMessages parked;
    const Sender one{1};
    const Sender two{2};
    (void)parked.park(alice, one.message(octets), transaction(1));
    (void)parked.park(alice, two.message(octets), transaction(1));
    (void)parked.park(bob, one.message(octets), transaction(2));
    parked.forget(one.five_tuple);
    CHECK(parked.size() == 1);
    CHECK(parked.take(bob).empty());
    CHECK(parked.take(alice).size() == 1);
}

TEST_CASE("there is an end to how many wait, and how long they are") {
    ParkedMessages parked;
    const Sender one{1};
    const std::vector<std::byte> long_one(ParkedMessages::octets_max + 1);
    CHECK(parked.park(alice, one.message(long_one), transaction(1)) == Parked::no_room);
    for (std::size_t count = 0; count < ParkedMessages::messages_max; ++count) {
        const Who who{false, std::to_string(count), ""};
        REQUIRE(parked.park(who, one.message(octets), transaction(1)) == Parked::yes);
    }
    CHECK(parked.park(alice, one.message(octets), transaction(1)) == Parked::no_room);
}

}  // namespace
}  // namespace turnpike::worker
