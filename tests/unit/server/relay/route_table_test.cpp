// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/route_table.hpp"

#include <chrono>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/support/relay_scenario.hpp"

namespace turnpike::relay {
namespace {

using namespace std::chrono_literals;
using protocol::AllocationId;
using protocol::Endpoint;
using protocol::Family;
using protocol::Transport;
using test::endpoint;
using test::RelayScenario;

constexpr protocol::TimePoint now{1h};

SessionSeed seed_of(std::uint16_t number) {
    SessionSeed seed;
    seed.id = AllocationId{number};
    seed.five_tuple = {
        {protocol::IpAddress::v4(0xCB007109), number}, endpoint("192.0.2.1:3478"), Transport::udp};
    seed.relayed = {Endpoint{endpoint("192.0.2.1:1").address, number},
                    Endpoint{endpoint("[2001:db8::1]:1").address, number}};
    return seed;
}

TEST_CASE("a session is found by five-tuple, relayed addresses and id, until it is closed") {
    RouteTable table;
    const SessionSeed seed = seed_of(5);
    Session& session = table.open(seed, now);
    CHECK(table.size() == 1);
    CHECK(table.find(seed.five_tuple) == &session);
    CHECK(table.find(*seed.relayed[0]) == &session);
    CHECK(table.find(*seed.relayed[1]) == &session);
    CHECK(table.find(seed.id) == &session);
    table.close(seed.id);
    CHECK(table.size() == 0);
    CHECK(table.find(seed.five_tuple) == nullptr);
    CHECK(table.find(*seed.relayed[0]) == nullptr);
    CHECK(table.find(*seed.relayed[1]) == nullptr);
    CHECK(table.find(seed.id) == nullptr);
}

TEST_CASE("five-tuples that differ in anything are others' or nobody's", "[D33][G15]") {
    RouteTable table;
    const SessionSeed udp = seed_of(5);
    SessionSeed tcp = seed_of(6);
    tcp.five_tuple = udp.five_tuple;
    tcp.five_tuple.transport = Transport::tcp;
    Session& over_udp = table.open(udp, now);
    Session& over_tcp = table.open(tcp, now);
    CHECK(table.find(udp.five_tuple) == &over_udp);
    CHECK(table.find(tcp.five_tuple) == &over_tcp);
    auto other = udp.five_tuple;
    other.server = endpoint("192.0.2.2:3478");
    CHECK(table.find(other) == nullptr);
    other = udp.five_tuple;
    ++other.client.port;
    CHECK(table.find(other) == nullptr);
}

TEST_CASE("sessions stay where they are while others come and go", "[D22]") {
    RouteTable table;
    std::vector<Session*> sessions;
    for (std::uint16_t number = 1; number <= 5000; ++number) {
        sessions.push_back(&table.open(seed_of(number), now));
    }
    for (std::uint16_t number = 2; number <= 5000; number += 2) table.close(AllocationId{number});
    CHECK(table.size() == 2500);
    for (std::uint16_t number = 1; number <= 5000; ++number) {
        Session* const expected = number % 2 != 0 ? sessions[number - 1U] : nullptr;
        REQUIRE(table.find(seed_of(number).five_tuple) == expected);
        REQUIRE(table.find(*seed_of(number).relayed[1]) == expected);
        REQUIRE(table.find(AllocationId{number}) == expected);
    }
}

TEST_CASE("routes belong to one allocation", "[F12][G14]") {
    RouteTable table;
    Session& one = table.open(seed_of(1), now);
    Session& other = table.open(seed_of(2), now);
    const Endpoint peer = endpoint("198.51.100.1:1111");
    table.install(one.id(), peer, 0, now + 300s);
    table.install(one.id(), peer, 0x4000, now + 600s);
    CHECK(one.permits(peer.address, now));
    CHECK_FALSE(other.permits(peer.address, now));
    CHECK(other.peer_of(0x4000, now) == nullptr);
    table.install(other.id(), peer, 0x4007, now + 600s);
    CHECK(one.channel_of(peer, now) == 0x4000);
    CHECK(other.channel_of(peer, now) == 0x4007);
    table.remove(one.id(), peer, 0x4000);
    CHECK(one.peer_of(0x4000, now) == nullptr);
    CHECK(other.channel_of(peer, now) == 0x4007);
}

TEST_CASE("a closed relay of one family is found no more, the other's is", "[K2]") {
    RouteTable table;
    const SessionSeed seed = seed_of(5);
    Session& session = table.open(seed, now);
    table.close_relayed(seed.id, Family::ipv6);
    CHECK(table.find(*seed.relayed[1]) == nullptr);
    CHECK(table.find(*seed.relayed[0]) == &session);
    // The address may be another's before this allocation ends.
    SessionSeed next = seed_of(6);
    next.relayed = {std::nullopt, seed.relayed[1]};
    Session& heir = table.open(next, now);
    table.close(seed.id);
    CHECK(table.find(*seed.relayed[1]) == &heir);
}

TEST_CASE("effects of an allocation that is gone change nothing") {
    RouteTable table;
    const AllocationId gone{77};
    table.install(gone, endpoint("198.51.100.1:1111"), 0, now + 300s);
    table.remove(gone, endpoint("198.51.100.1:1111"), 0);
    table.close_relayed(gone, Family::ipv4);
    table.close(gone);
    CHECK(table.size() == 0);
}

TEST_CASE("a session is found where its client is, and nowhere else", "[N3][N8]") {
    RouteTable table;
    const auto seed = RelayScenario::udp_client();
    const auto moved_to = RelayScenario::client_over(protocol::Transport::tcp).five_tuple;
    Session& session = table.open(seed, now);
    table.expect(seed.id, moved_to);
    CHECK(table.find(seed.five_tuple) == &session);
    CHECK(table.find(moved_to) == nullptr);
    CHECK(table.find_expected(moved_to) == &session);
    table.forget(moved_to);
    CHECK(table.find_expected(moved_to) == nullptr);

    table.move(seed.id, moved_to);
    CHECK(table.find(seed.five_tuple) == nullptr);
    CHECK(table.find(moved_to) == &session);
    CHECK(session.five_tuple() == moved_to);
    CHECK(session.has_client());

    table.move(seed.id, std::nullopt);
    CHECK(table.find(moved_to) == nullptr);
    CHECK_FALSE(session.has_client());
    CHECK(table.find(*seed.relayed[0]) == &session);
    // Its place is free for another, and neither disturbs the other.
    auto other = RelayScenario::client_over(protocol::Transport::tcp);
    other.id = protocol::AllocationId{8};
    other.relayed = {};
    Session& heir = table.open(other, now);
    table.close(seed.id);
    CHECK(table.find(moved_to) == &heir);
    CHECK(table.size() == 1);
    table.move(seed.id, moved_to);  // whoever is gone moves nowhere
    table.expect(seed.id, moved_to);
    CHECK(table.find_expected(moved_to) == nullptr);
}

}  // namespace
}  // namespace turnpike::relay
