// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/neighbourhood.hpp"

#include <algorithm>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/peer_network.hpp"
#include "tests/support/without_rights.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using namespace test;
using protocol::TimePoint;

constexpr Mac seventh_mac{2, 0, 0, 0, 0, 7};

// The memory of a map, here of nobody's, and a neighbour 192.0.2.7 that was set by hand.
struct Host : PeerNetwork {
    std::array<Hop, 8> memory{};
    int changes = 0;
    TimePoint now{1h};
    std::unique_ptr<Neighbourhood> neighbourhood =
        must(Neighbourhood::open(memory, [this] { ++changes; }));

    Host() {
        ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev near nud permanent");
        ip("neigh add 2001:db8::7 lladdr 02:00:00:00:00:07 dev near nud permanent");
        hear();
    }
    Passage acquire(std::string_view destination) {
        return must(neighbourhood->acquire(way_to(destination), now));
    }
    NoHop refusal(std::string_view destination) {
        const auto passage = neighbourhood->acquire(way_to(destination), now);
        REQUIRE_FALSE(passage.has_value());
        return passage.error();
    }
    const Hop& hop(const Passage& passage) const { return memory[passage.hop]; }
    bool usable(const Passage& passage) const { return hop(passage).usable != 0; }
    void hear() {  // all that was told until now
        while (neighbourhood->on_readable(now)) continue;
    }
    // Until it is so.
    template <typename Condition>
    void await(Condition&& condition) {
        hear();
        while (!condition()) {
            pollfd waiting{.fd = neighbourhood->descriptor(), .events = POLLIN, .revents = 0};
            REQUIRE(::poll(&waiting, 1, 20'000) == 1);
            hear();
        }
    }
};

TEST_CASE("a neighbour that is known makes a hop with both MACs, the interface and its MTU") {
    Host host;
    const Passage passage = host.acquire(GENERATE("192.0.2.7", "2001:db8::7"));
    CHECK(passage.hop != HopTable::nowhere);
    CHECK(passage.interface == host.near());
    CHECK(passage.mtu == 0);
    const Hop& hop = host.hop(passage);
    CHECK(hop.usable == 1);
    CHECK(std::ranges::equal(hop.destination, seventh_mac));
    CHECK(std::ranges::equal(hop.source, near_mac));
    CHECK(hop.interface == host.near());
    CHECK(hop.mtu == 1500);
    host.neighbourhood->release(passage, host.now);
    CHECK_FALSE(host.usable(passage));
}

TEST_CASE("all that goes by one gateway has one hop, until the last of it is released") {
    Host host;
    host.ip("route add default via 192.0.2.7 mtu 1400");
    const Passage first = host.acquire("198.51.100.1");
    const Passage again = host.acquire("198.51.100.1");
    const Passage other = host.acquire("203.0.113.1");
    CHECK(first.hop == again.hop);
    CHECK(first.hop == other.hop);
    CHECK(first.mtu == 1400);
    host.neighbourhood->release(first, host.now);
    host.neighbourhood->release(other, host.now);
    CHECK(host.usable(again));
    host.neighbourhood->release(again, host.now);
    CHECK_FALSE(host.usable(again));
}

TEST_CASE("a way can be looked at without taking it") {
    Host host;
    const auto known = must(host.neighbourhood->resolve(way_to("192.0.2.7")));
    CHECK(known.route.next_hop.interface == host.near());
    CHECK(known.link.mac == near_mac);
    CHECK(known.neighbour.mac == seventh_mac);
    CHECK_FALSE(must(host.neighbourhood->resolve(way_to("192.0.2.8"))).neighbour.mac);
    CHECK(host.neighbourhood->resolve(way_to("198.51.100.1")).error() == NoHop::no_route);
}

TEST_CASE("what has no Ethernet to it, or is ours, has no hop") {
    Host host;
    host.ip("tuntap add tunnel mode tun && ip link set tunnel up");
    host.ip("route add 198.51.100.0/24 dev tunnel");
    host.ip("route add 203.0.113.0/24 dev lo");
    CHECK(host.refusal("198.51.100.7") == NoHop::no_ethernet);
    CHECK(host.refusal("203.0.113.7") == NoHop::loopback);
    CHECK(host.refusal("192.0.2.1") == NoHop::local);
    CHECK(host.neighbourhood->resolve(way_to("198.51.100.7")).error() == NoHop::no_ethernet);
}

TEST_CASE("more next hops than there are hops are user space's") {
    Host host;
    for (int each = 1; each < 8; ++each) {
        CHECK(host.acquire("192.0.2." + std::to_string(100 + each)).hop != HopTable::nowhere);
    }
    CHECK(host.refusal("192.0.2.200") == NoHop::full);
}

TEST_CASE("a neighbour nobody knew yet is asked for, and then the hop is usable") {
    Host host;
    const Passage passage = host.acquire(GENERATE("192.0.2.2", "2001:db8::2"));
    host.await([&] { return host.usable(passage); });
    CHECK(std::ranges::equal(host.hop(passage).destination, far_mac));
    CHECK(host.neighbourhood->generation() == 0);
}

TEST_CASE("a neighbour's new MAC is in the hop, and one that is gone is out of use") {
    Host host;
    const Passage passage = host.acquire("192.0.2.7");
    host.ip("neigh replace 192.0.2.7 lladdr 02:00:00:00:00:08 dev near nud permanent");
    host.hear();
    CHECK(host.usable(passage));
    CHECK(host.hop(passage).destination[5] == 8);
    host.ip("neigh del 192.0.2.7 dev near");
    host.hear();
    CHECK_FALSE(host.usable(passage));
    host.ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:09 dev near nud permanent");
    host.hear();
    CHECK(host.usable(passage));
    CHECK(host.hop(passage).destination[5] == 9);
    CHECK(host.changes == 0);
}

TEST_CASE("a neighbour that took another MAC is found out when it is probed") {
    Host host;
    host.ip("ntable change name arp_cache dev near delay_probe 10 retrans 10");
    const Passage passage = host.acquire("192.0.2.2");
    host.await([&] { return host.usable(passage); });
    host.peer_ip("link set far address 02:00:00:00:00:0b");
    host.ip("neigh change 192.0.2.2 dev near nud stale");
    host.hear();
    CHECK(host.usable(passage));
    CHECK(host.neighbourhood->tend(host.now + 30s).probed == 1);
    host.await([&] { return !host.usable(passage); });
    // Its packets are user space's now, which sends as ever.
    OwnNetwork::command("bash -c 'echo > /dev/udp/192.0.2.2/9'");
    host.await([&] { return host.usable(passage); });
    CHECK(host.hop(passage).destination[5] == 0x0b);
}

TEST_CASE("our own link's MAC and MTU are those of the hop") {
    Host host;
    const Passage passage = host.acquire("192.0.2.7");
    host.ip("link set near mtu 1400");
    host.hear();
    CHECK(host.hop(passage).mtu == 1400);
    CHECK(host.usable(passage));
    host.ip("link set near address 02:00:00:00:00:0c");
    host.hear();
    CHECK_FALSE(host.usable(passage));  // with it the kernel forgets its neighbours
    host.ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev near nud permanent");
    host.hear();
    CHECK(host.usable(passage));
    CHECK(host.hop(passage).source[5] == 0x0c);
}

TEST_CASE("a link without a carrier takes its hops out of use, and gives them back") {
    Host host;
    const Passage passage = host.acquire("192.0.2.7");
    host.peer_ip("link set far down");
    host.await([&] { return !host.usable(passage); });
    host.peer_ip("link set far up");
    host.ip("neigh replace 192.0.2.7 lladdr 02:00:00:00:00:07 dev near nud permanent");
    host.await([&] { return host.usable(passage); });
}

TEST_CASE("a link that goes down takes its routes with it") {
    Host host;
    host.ip("route add default via 192.0.2.7");
    const Passage passage = host.acquire("198.51.100.1");
    host.ip("link set near down");
    host.await([&] { return host.changes > 0; });
    CHECK_FALSE(host.usable(passage));
    CHECK(host.refusal("198.51.100.1") == NoHop::no_route);
    host.neighbourhood->release(passage, host.now);
}

TEST_CASE("a route that is replaced moves those whom it concerns, and nobody else") {
    Host host;
    host.ip("neigh add 192.0.2.8 lladdr 02:00:00:00:00:08 dev near nud permanent");
    host.ip("route add 198.51.100.0/24 via 192.0.2.7");
    host.hear();
    const Passage moved = host.acquire("198.51.100.1");
    const Passage stays = host.acquire("192.0.2.8");
    host.ip("route replace 198.51.100.0/24 via 192.0.2.8");
    host.hear();
    CHECK(host.changes == 1);
    CHECK(host.neighbourhood->generation() == 1);
    CHECK_FALSE(host.usable(moved));
    CHECK(host.usable(stays));
    const Passage anew = host.acquire("198.51.100.1");
    CHECK(anew.hop == stays.hop);
    host.neighbourhood->release(moved, host.now);
    CHECK(host.usable(anew));
    host.neighbourhood->release(stays, host.now);
    CHECK(host.usable(anew));
    host.neighbourhood->release(anew, host.now);
    CHECK_FALSE(host.usable(anew));
}

TEST_CASE("another MTU of a path is noticed, and leaves everybody else alone") {
    Host host;
    host.ip("route add default via 192.0.2.7");
    const Passage before = host.acquire("198.51.100.1");
    host.ip("route replace default via 192.0.2.7 mtu 1400");
    host.hear();
    CHECK(host.usable(before));
    CHECK(host.acquire("198.51.100.1").mtu == 1400);
}

TEST_CASE("a better route, a rule: whatever leads elsewhere is noticed") {
    Host host;
    host.ip("route add default via 192.0.2.7");
    host.ip("route add default via 192.0.2.8 table 7");
    host.hear();
    const Passage passage = host.acquire("198.51.100.1");
    host.ip(GENERATE("route add 198.51.100.1/32 via 192.0.2.8", "route del default",
                     "rule add to 198.51.100.0/24 table 7", "address add 198.51.100.1/32 dev near",
                     "address del 192.0.2.1/24 dev near"));
    host.hear();
    CHECK(host.changes == 1);
    CHECK_FALSE(host.usable(passage));
}

TEST_CASE("a next hop that many routes share is replaced under them, and that is noticed") {
    Host host;
    host.ip("nexthop add id 1 via 192.0.2.7 dev near");
    host.ip("route add default nhid 1");
    host.hear();
    const Passage passage = host.acquire("198.51.100.1");
    CHECK(host.usable(passage));
    host.ip("nexthop replace id 1 via 192.0.2.8 dev near");
    host.hear();
    CHECK(host.changes == 1);
    CHECK_FALSE(host.usable(passage));
}

TEST_CASE("what leads to the same next hop as before changes nothing") {
    Host host;
    host.ip("route add default via 192.0.2.7");
    host.hear();
    const Passage passage = host.acquire("198.51.100.1");
    host.ip(GENERATE("route add 198.51.100.0/24 via 192.0.2.7",
                     "route replace default via 192.0.2.7 proto static",
                     "rule add from 203.0.113.0/24 table 7", "address add 203.0.113.1/32 dev near",
                     "link add other type veth peer name another"));
    host.hear();
    CHECK(host.changes == 0);
    CHECK(host.usable(passage));
}

TEST_CASE("too many ways to ask for are all in doubt") {
    Host host;
    host.ip("route add default via 192.0.2.7");
    host.hear();
    std::vector<Passage> passages;
    for (std::uint32_t each = 0; each <= Neighbourhood::reviews_max; ++each) {
        passages.push_back(host.acquire(protocol::IpAddress::v4(0xC6336400U + each).to_string()));
    }
    host.ip("rule add from 203.0.113.0/24 table 7");
    host.hear();
    CHECK(host.changes == 1);
    const bool none_is_usable =
        std::ranges::none_of(passages, [&](const Passage& old) { return host.usable(old); });
    CHECK(none_is_usable);
    for (Passage& each : passages) {
        const Passage old = each;
        each = must(host.neighbourhood->acquire(old.way, host.now));
        host.neighbourhood->release(old, host.now);
    }
    const bool all_are_usable =
        std::ranges::all_of(passages, [&](const Passage& anew) { return host.usable(anew); });
    CHECK(all_are_usable);
}

TEST_CASE("when the kernel told more than there was room for, every way is looked up again") {
    Host host;
    host.ip("route add default via 192.0.2.7");
    host.hear();
    const Passage moved = host.acquire("198.51.100.1");
    const Passage stays = host.acquire("192.0.2.7");
    CHECK(moved.hop == stays.hop);
    const Passage gone = host.acquire("2001:db8::7");
    const int least = 1;
    REQUIRE(::setsockopt(host.neighbourhood->descriptor(), SOL_SOCKET, SO_RCVBUF, &least,
                         sizeof least) == 0);
    OwnNetwork::command(
        "for each in $(seq 1 40); do echo address add 203.0.113.$each/32 dev near; done | "
        "ip -batch -");
    host.ip("route replace default via 192.0.2.8");
    host.ip("neigh del 2001:db8::7 dev near");
    host.hear();
    CHECK(host.changes == 1);
    CHECK_FALSE(host.usable(moved));
    CHECK_FALSE(host.usable(gone));
}

TEST_CASE("what nobody tells of is found by and by") {
    Host host;
    host.ip("route add default via 192.0.2.7");
    host.hear();
    const Passage passage = host.acquire("198.51.100.1");
    host.ip("route replace default via 192.0.2.8");
    CHECK(host.neighbourhood->tend(host.now).probed == 0);
    CHECK(host.changes == 1);
    CHECK_FALSE(host.usable(passage));
}

TEST_CASE("a neighbour that nobody has heard from is asked now and then") {
    Host host;
    host.ip("neigh replace 192.0.2.7 lladdr 02:00:00:00:00:07 dev near nud stale");
    const Passage passage = host.acquire("192.0.2.7");
    CHECK(host.usable(passage));
    host.acquire("2001:db8::7");  // set by hand: never asked
    const auto tended = host.neighbourhood->tend(host.now);
    CHECK(tended.may_probe);
    CHECK(tended.probed == 1);
    CHECK(host.neighbourhood->tend(host.now + Neighbourhood::probe_interval - 1s).probed == 0);
    CHECK(host.usable(passage));
}

TEST_CASE("without the right to ask, a stale neighbour's packets are lent to user space") {
    Host host;
    host.ip("neigh replace 192.0.2.7 lladdr 02:00:00:00:00:07 dev near nud stale");
    const Passage passage = host.acquire("192.0.2.7");
    {
        const WithoutRights less;
        const auto tended = host.neighbourhood->tend(host.now);
        CHECK_FALSE(tended.may_probe);
        CHECK(tended.probed == 0);
        CHECK(host.usable(passage));
        CHECK(host.neighbourhood->tend(host.now + Neighbourhood::stale_max).lent == 1);
        CHECK_FALSE(host.usable(passage));
    }
    // As the kernel does when user space sends.
    host.ip("neigh replace 192.0.2.7 lladdr 02:00:00:00:00:07 dev near nud delay");
    CHECK(host.neighbourhood->tend(host.now + Neighbourhood::stale_max + 1s).lent == 0);
    CHECK(host.usable(passage));
}

TEST_CASE("workers share it: what each took and gave back is counted") {
    Host host;
    host.ip("route add default via 192.0.2.7");
    host.hear();
    std::vector<std::thread> workers;
    for (std::uint32_t worker = 0; worker < 4; ++worker) {
        workers.emplace_back([&host, worker] {
            for (std::uint32_t turn = 0; turn < 200; ++turn) {
                // Some are everybody's, some are this one's alone.
                const std::uint32_t last = turn % 2 == 0 ? turn : 1000 * (worker + 1) + turn;
                const Way way{.destination = protocol::IpAddress::v4(0xC6330000U + last),
                              .source = address("192.0.2.1")};
                const auto passage = host.neighbourhood->acquire(way, host.now);
                if (passage) host.neighbourhood->release(*passage, host.now);
                static_cast<void>(host.neighbourhood->generation());
            }
        });
    }
    for (const std::string next : {"192.0.2.8", "192.0.2.7", "192.0.2.8", "192.0.2.7"}) {
        host.ip("route replace default via " + next);
        host.hear();
        host.neighbourhood->tend(host.now);
    }
    for (std::thread& worker : workers) worker.join();
    CHECK(std::ranges::none_of(host.memory, [](const Hop& hop) { return hop.usable != 0; }));
}

TEST_CASE("reading and hearing need no rights") {
    const PeerNetwork network;
    network.ip("neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev near nud permanent");
    const WithoutRights less;
    std::array<Hop, 4> memory{};
    const auto neighbourhood = must(Neighbourhood::open(memory, {}));
    const auto passage = must(neighbourhood->acquire(way_to("192.0.2.7"), TimePoint{1h}));
    CHECK(memory[passage.hop].usable == 1);
    CHECK(must(neighbourhood->acquire(way_to("192.0.2.2"), TimePoint{1h})).hop != passage.hop);
}

}  // namespace
}  // namespace turnpike::xdp
