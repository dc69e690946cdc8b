// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/session.hpp"

#include <map>
#include <random>
#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/relay_scenario.hpp"
#include "tests/support/result.hpp"

namespace turnpike::relay {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::Family;
using protocol::TimePoint;
using test::endpoint;
using test::RelayScenario;

// An idle allocation with a permission and a channel lives in this alone, without more on the heap.
static_assert(sizeof(Session) <= 392);

TEST_CASE("a session says what its seed said") {
    const RelayScenario s;
    CHECK(s.session.id() == protocol::AllocationId{7});
    CHECK(s.session.five_tuple() == RelayScenario::udp_client().five_tuple);
    CHECK(s.session.relayed(Family::ipv4) == endpoint("192.0.2.1:50000"));
    CHECK(s.session.relayed(Family::ipv6) == endpoint("[2001:db8::1]:50000"));
    CHECK_FALSE(s.session.account().first_media());
    CHECK_FALSE(s.session.account().last_media());
}

TEST_CASE("a permission holds for every port of an address until its very end", "[F1][F2]") {
    RelayScenario s;
    s.session.install(endpoint("198.51.100.1:1111"), 0, s.now + 300s);
    const auto peer = endpoint("198.51.100.1:2222").address;
    CHECK(s.session.permits(peer, s.now + 300s - 1ns));
    CHECK_FALSE(s.session.permits(peer, s.now + 300s));
    CHECK_FALSE(s.session.permits(endpoint("198.51.100.2:1111").address, s.now));
    s.session.install(endpoint("198.51.100.1:0"), 0, s.now + 400s);
    CHECK(s.session.permits(peer, s.now + 400s - 1ns));
    s.session.remove(endpoint("198.51.100.1:0"), 0);
    CHECK_FALSE(s.session.permits(peer, s.now));
}

TEST_CASE("a channel is found by its number and by its peer until its very end", "[G10][G23]") {
    RelayScenario s;
    s.bind(0x4000, "198.51.100.1:1111");
    CHECK(*s.session.peer_of(0x4000, s.now) == endpoint("198.51.100.1:1111"));
    CHECK(s.session.channel_of(endpoint("198.51.100.1:1111"), s.now) == 0x4000);
    CHECK(s.session.channel_of(endpoint("198.51.100.1:1112"), s.now) == 0);
    CHECK(s.session.peer_of(0x4001, s.now) == nullptr);
    CHECK(s.session.peer_of(0x4000, s.now + 600s - 1ns) != nullptr);
    CHECK(s.session.peer_of(0x4000, s.now + 600s) == nullptr);
    CHECK(s.session.channel_of(endpoint("198.51.100.1:1111"), s.now + 600s) == 0);
}

TEST_CASE("removing a channel leaves its permission, and the other way about", "[G23]") {
    RelayScenario s;
    s.bind(0x4000, "198.51.100.1:1111");
    s.session.remove(endpoint("198.51.100.1:1111"), 0x4000);
    CHECK(s.session.peer_of(0x4000, s.now) == nullptr);
    CHECK(s.session.permits(endpoint("198.51.100.1:1").address, s.now));
    s.bind(0x4001, "198.51.100.1:1111");
    s.session.remove(endpoint("198.51.100.1:1111"), 0);
    CHECK(s.session.peer_of(0x4001, s.now) != nullptr);
    CHECK_FALSE(s.session.permits(endpoint("198.51.100.1:1").address, s.now));
    s.session.remove(endpoint("198.51.100.1:1111"), 0x4002);  // not this one's number
    CHECK(s.session.peer_of(0x4001, s.now) != nullptr);
}

TEST_CASE("a number that is bound anew leaves its old peer, and a peer its old number", "[G23]") {
    RelayScenario s;
    s.bind(0x4000, "198.51.100.1:1111");
    s.bind(0x4000, "198.51.100.2:2222");
    CHECK(s.session.channel_of(endpoint("198.51.100.1:1111"), s.now) == 0);
    s.bind(0x4001, "198.51.100.2:2222");
    CHECK(s.session.peer_of(0x4000, s.now) == nullptr);
    CHECK(*s.session.peer_of(0x4001, s.now) == endpoint("198.51.100.2:2222"));
}

TEST_CASE("closing one family's relay takes its routes and leaves the other's", "[K2]") {
    RelayScenario s;
    s.bind(0x4000, "198.51.100.1:1111");
    s.bind(0x4001, "[2001:db8::9]:1111");
    s.session.close_relayed(Family::ipv4);
    CHECK_FALSE(s.session.relayed(Family::ipv4));
    CHECK(s.session.relayed(Family::ipv6));
    CHECK(s.session.peer_of(0x4000, s.now) == nullptr);
    CHECK_FALSE(s.session.permits(endpoint("198.51.100.1:1").address, s.now));
    CHECK(*s.session.peer_of(0x4001, s.now) == endpoint("[2001:db8::9]:1111"));
    CHECK(s.session.permits(endpoint("[2001:db8::9]:1").address, s.now));
}

TEST_CASE("the first and the last payload are remembered, either way") {
    RelayScenario s;
    const TimePoint first = s.now;
    REQUIRE(s.session.charge_from_peer(0, s.now));
    s.time_passes(5s);
    REQUIRE(s.session.charge_to_peer(10, s.now));
    CHECK(s.session.account().first_media() == first);
    CHECK(s.session.account().last_media() == s.now);
    CHECK(s.session.traffic_to_peer().bytes == 10);
    CHECK(s.session.traffic_from_peer().packets == 1);
}

TEST_CASE("traffic is counted past four gibibytes") {
    RelayScenario s;
    constexpr std::size_t octets = 65'507;
    constexpr std::uint64_t packets = 70'000;
    for (std::uint64_t packet = 0; packet < packets; ++packet) {
        REQUIRE(s.session.charge_to_peer(octets, s.now).has_value());
    }
    CHECK(s.session.traffic_to_peer().bytes == octets * packets);
    CHECK(s.session.traffic_to_peer().bytes > UINT32_MAX);
    CHECK(s.session.traffic_to_peer().packets == packets);
    CHECK(s.session.traffic_from_peer().bytes == 0);
}

TEST_CASE("the budget counts both ways together and drops what would exceed it", "[P3]") {
    auto seed = RelayScenario::udp_client();
    seed.limits.bytes = 5'000'000'000;
    RelayScenario s{seed};
    REQUIRE(s.session.charge_to_peer(2'500'000'000, s.now));
    REQUIRE(s.session.charge_from_peer(2'499'999'900, s.now));
    CHECK(s.session.charge_to_peer(101, s.now).error() == Drop::bytes);
    CHECK(s.session.charge_from_peer(101, s.now).error() == Drop::bytes);
    CHECK(s.session.charge_from_peer(100, s.now));
    CHECK(s.session.charge_from_peer(1, s.now).error() == Drop::bytes);
    CHECK(s.session.charge_from_peer(0, s.now));
    CHECK(s.session.traffic_to_peer().bytes + s.session.traffic_from_peer().bytes ==
          seed.limits.bytes);
}

TEST_CASE("what the rate drops costs no budget, and each way has a rate of its own", "[H13]") {
    auto seed = RelayScenario::udp_client();
    seed.limits.bits_per_second = 8'000;  // a burst of 250 octets
    seed.limits.bytes = 1'000;
    RelayScenario s{seed};
    REQUIRE(s.session.charge_to_peer(250, s.now));
    for (int packet = 0; packet < 100; ++packet) {
        CHECK(s.session.charge_to_peer(250, s.now).error() == Drop::bandwidth);
    }
    CHECK(s.session.charge_from_peer(250, s.now));
    s.time_passes(1s);
    CHECK(s.session.charge_to_peer(250, s.now));
    CHECK(s.session.charge_from_peer(250, s.now));
    CHECK(s.session.charge_from_peer(1, s.now + 1s).error() == Drop::bytes);
}

TEST_CASE("a stream may pass what rate and budget leave, each way", "[H13][P3][J19]") {
    auto seed = RelayScenario::udp_client();
    seed.limits.bits_per_second = 8'000;  // a burst of 250 octets
    seed.limits.bytes = 600;
    RelayScenario s{seed};
    CHECK(s.session.allowance_to_peer(s.now).octets == 250);
    REQUIRE(s.session.charge_to_peer(250, s.now));
    CHECK(s.session.allowance_to_peer(s.now).octets == 0);
    CHECK(s.session.allowance_to_peer(s.now).again == s.now + 125ms);
    CHECK(s.session.allowance_from_peer(s.now).octets == 250);
    REQUIRE(s.session.charge_from_peer(250, s.now));
    s.time_passes(1s);
    CHECK(s.session.allowance_to_peer(s.now).octets == 100);
    REQUIRE(s.session.charge_to_peer(100, s.now));
    CHECK(s.session.allowance_to_peer(s.now).octets == 0);
    CHECK(s.session.allowance_from_peer(s.now).again == TimePoint::max());
}

TEST_CASE("a grant changes while packets flow, and what was used stays used") {
    auto seed = RelayScenario::udp_client();
    seed.limits.bytes = 1'000;
    RelayScenario s{seed};
    REQUIRE(s.session.charge_to_peer(900, s.now));
    s.session.amend({.bytes = 950});
    CHECK(s.session.charge_to_peer(51, s.now).error() == Drop::bytes);
    s.session.amend({.bytes = 500});
    CHECK(s.session.charge_to_peer(1, s.now).error() == Drop::bytes);
    s.session.amend({.bits_per_second = 8'000});
    CHECK(s.session.charge_to_peer(10'000, s.now));
    CHECK(s.session.charge_to_peer(1, s.now).error() == Drop::bandwidth);
    s.session.amend({.deadline = s.now + 1s});
    CHECK_FALSE(s.session.ended(s.now));
    CHECK(s.session.ended(s.now + 1s));
    s.session.amend({});
    CHECK_FALSE(s.session.ended(s.now + 1h));
}

TEST_CASE("two sessions use up what is their user's and their call's together") {
    SharedLimits user;
    SharedLimits call;
    user.limit_rate(8'000);
    call.limit_bytes(700);
    auto seed = RelayScenario::udp_client();
    seed.user = &user;
    seed.call = &call;
    RelayScenario one{seed};
    RelayScenario two{seed};
    REQUIRE(one.session.charge_to_peer(250, one.now));
    CHECK(two.session.charge_to_peer(1, one.now).error() == Drop::bandwidth);
    CHECK(two.session.allowance_to_peer(one.now).octets == 0);
    CHECK(two.session.allowance_to_peer(one.now).again == one.now + 125ms);
    CHECK(two.session.charge_from_peer(250, one.now));
    CHECK(user.used() == 500);
    CHECK(two.session.allowance_to_peer(one.now + 1s).octets == 200);
    CHECK(one.session.charge_to_peer(201, one.now + 1s).error() == Drop::bytes);
    CHECK(one.session.charge_to_peer(200, one.now + 1s));
    CHECK(two.session.charge_from_peer(1, one.now + 2s).error() == Drop::bytes);
    CHECK(call.used() == 700);
}

TEST_CASE("seconds with media are counted, silence is not") {
    RelayScenario s;
    CHECK(s.session.account().media_seconds() == 0);
    for (const auto at : {0ms, 20ms, 999ms, 1000ms, 1500ms, 9000ms, 9999ms}) {
        REQUIRE(s.session.charge_to_peer(1, s.now + at));
    }
    CHECK(s.session.account().media_seconds() == 3);
}

TEST_CASE("nothing of a stream passes after the deadline", "[J20][P3]") {
    auto seed = RelayScenario::udp_client();
    seed.limits.deadline = TimePoint{1h} + 1s;
    const RelayScenario s{seed};
    CHECK(s.session.allowance_to_peer(s.now).octets > 65536);
    CHECK(s.session.allowance_from_peer(s.now + 1s).octets == 0);
    CHECK(s.session.allowance_from_peer(s.now + 1s).again == TimePoint::max());
}

TEST_CASE("indications have ids of their own, other ones for another seed", "[H7]") {
    RelayScenario s;
    auto other_seed = RelayScenario::udp_client();
    other_seed.random = 43;
    RelayScenario other{other_seed};
    std::set<protocol::TransactionId> ids;
    for (int count = 0; count < 1000; ++count) {
        CHECK(ids.insert(s.session.next_transaction_id()).second);
        CHECK(ids.insert(other.session.next_transaction_id()).second);
    }
}

// Against two plain maps, over a long random life with many routes.
TEST_CASE("routes are what an oracle says they are", "[F12][G14]") {
    std::mt19937_64 random{9};
    RelayScenario s;
    std::map<protocol::IpAddress, TimePoint> permissions;
    std::map<std::uint16_t, std::pair<Endpoint, TimePoint>> channels;
    const auto any_peer = [&random] {
        const auto host = static_cast<std::uint32_t>(random() % 12);
        return Endpoint{protocol::IpAddress::v4(0xC6336400U + host),
                        static_cast<std::uint16_t>(1 + random() % 8)};
    };
    for (int step = 0; step < 20'000; ++step) {
        s.time_passes(std::chrono::milliseconds{random() % 1000});
        const Endpoint peer = any_peer();
        const auto number = static_cast<std::uint16_t>(0x4000 + random() % 40);
        const TimePoint expires = s.now + std::chrono::seconds{random() % 300};
        switch (random() % 4) {
            case 0:
                s.session.install(peer, 0, expires);
                permissions[peer.address] = expires;
                break;
            case 1:
                s.session.install(peer, number, expires);
                std::erase_if(channels,
                              [&](const auto& each) { return each.second.first == peer; });
                channels[number] = {peer, expires};
                break;
            case 2:
                s.session.remove(peer, 0);
                permissions.erase(peer.address);
                break;
            default:
                s.session.remove(peer, number);
                if (channels.contains(number) && channels[number].first == peer) {
                    channels.erase(number);
                }
        }
        const Endpoint asked = any_peer();
        const auto permission = permissions.find(asked.address);
        REQUIRE(s.session.permits(asked.address, s.now) ==
                (permission != permissions.end() && s.now < permission->second));
        std::uint16_t expected = 0;
        bool found_all = true;
        for (const auto& [each, bound] : channels) {
            const bool live = s.now < bound.second;
            if (bound.first == asked && live) expected = each;
            const Endpoint* const found = s.session.peer_of(each, s.now);
            found_all =
                found_all && (live ? found != nullptr && *found == bound.first : found == nullptr);
        }
        REQUIRE(found_all);
        REQUIRE(s.session.channel_of(asked, s.now) == expected);
    }
}

}  // namespace
}  // namespace turnpike::relay
