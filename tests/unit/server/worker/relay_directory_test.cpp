// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/relay_directory.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <random>
#include <set>
#include <thread>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::Family;
using protocol::IpAddress;
using protocol::TimePoint;
using relay::PortWish;

constexpr TimePoint now{1h};

RelayAddress at(std::string_view local, std::string_view advertised) {
    return {*IpAddress::parse(local), *IpAddress::parse(advertised)};
}
RelayAddress at(std::string_view address) {
    return at(address, address);
}

RelayPort after(RelayPort port) {
    ++port.local.port;
    ++port.advertised.port;
    return port;
}

TEST_CASE(
    "each address tells how many of its ports are free and how many are not, as peers know it") {
    RelayDirectory directory{{at("10.0.0.1", "192.0.2.1"), at("2001:db8::1")}, 50000, 50009};
    const auto one = directory.take(Family::ipv4, PortWish::any, 0);
    const auto pair = directory.take(Family::ipv6, PortWish::pair, 0);
    REQUIRE(one);
    REQUIRE(pair);
    const auto ports = directory.ports();
    REQUIRE(ports.size() == 2);
    CHECK(ports[0].address == *IpAddress::parse("192.0.2.1"));
    CHECK(ports[0].free == 9);
    CHECK(ports[0].used == 1);
    CHECK(ports[1].free == 8);
    CHECK(ports[1].used == 2);
    directory.give_back(*one);
    CHECK(directory.ports()[0].used == 0);
    CHECK(directory.free_ports() == 18);
}

TEST_CASE("a port is held by one allocation, of the family that was asked for", "[D22][D23][D32]") {
    RelayDirectory directory{{at("192.0.2.1"), at("2001:db8::1"), at("192.0.2.2")}, 50000, 50009};
    std::mt19937_64 random{11};
    std::set<Endpoint> held;
    while (const auto port = directory.take(Family::ipv4, PortWish::any, random())) {
        CHECK(port->local == port->advertised);
        CHECK(port->local.address.is_v4());
        CHECK((port->local.port >= 50000 && port->local.port <= 50009));
        CHECK(held.insert(port->local).second);
    }
    CHECK(held.size() == 20);
    CHECK(directory.free_ports() == 10);
    CHECK(directory.take(Family::ipv6, PortWish::any, random()));
    RelayDirectory ipv4_only{{at("192.0.2.1")}, 50000, 50009};
    CHECK_FALSE(ipv4_only.take(Family::ipv6, PortWish::any, random()));
    RelayDirectory none{{}, 50000, 50009};
    CHECK_FALSE(none.take(Family::ipv4, PortWish::any, random()));
}

TEST_CASE("behind a 1:1 NAT the socket's address and the advertised one differ") {
    RelayDirectory directory{{at("10.0.0.5", "203.0.113.5")}, 50000, 50009};
    const auto port = directory.take(Family::ipv4, PortWish::any, 3);
    REQUIRE(port);
    CHECK(port->local.address == IpAddress::parse("10.0.0.5"));
    CHECK(port->advertised.address == IpAddress::parse("203.0.113.5"));
    CHECK(port->local.port == port->advertised.port);
    directory.publish(*port, 0);
    CHECK(directory.contains(port->advertised));
    CHECK_FALSE(directory.contains(port->local));
}

TEST_CASE("a relayed address is live from publication until it is given back", "[H12]") {
    RelayDirectory directory{{at("192.0.2.1")}, 50000, 50009};
    const auto port = directory.take(Family::ipv4, PortWish::any, 5);
    REQUIRE(port);
    CHECK_FALSE(directory.contains(port->advertised));
    directory.publish(*port, 3);
    CHECK(directory.owner(port->advertised) == WorkerIndex{3});
    CHECK_FALSE(directory.contains(after(*port).advertised));
    directory.give_back(*port);
    CHECK_FALSE(directory.contains(port->advertised));
    CHECK(directory.free_ports() == 10);
}

TEST_CASE("what is no relayed address has no owner") {
    const RelayDirectory directory{{at("192.0.2.1")}, 50000, 50009};
    for (const auto* text : {"192.0.2.1:49999", "192.0.2.1:50010", "192.0.2.1:0", "192.0.2.1:65535",
                             "192.0.2.2:50000", "[::ffff:192.0.2.1]:50000"}) {
        CHECK_FALSE(directory.owner(*Endpoint::parse(text)));
    }
}

TEST_CASE("a reserved port is redeemed once, before its time", "[D26][D27][D8]") {
    RelayDirectory directory{{at("192.0.2.1")}, 50000, 50009};
    const auto port = directory.take(Family::ipv4, PortWish::pair, 1);
    REQUIRE(port);
    CHECK(port->local.port % 2 == 0);
    directory.reserve(after(*port), {0xABCD, "alice"}, now + 30s);
    CHECK(directory.free_ports() == 8);
    CHECK_FALSE(directory.redeem({0xABCE, "alice"}, now));
    CHECK(directory.redeem({0xABCD, "alice"}, now + 30s - 1ns) == after(*port));
    CHECK_FALSE(directory.redeem({0xABCD, "alice"}, now));
    CHECK(directory.free_ports() == 8);  // held by whoever redeemed it
    directory.give_back(after(*port));
    directory.give_back(*port);
    CHECK(directory.free_ports() == 10);
}

TEST_CASE("a token is worth nothing to another user, and keeps its worth for its own",
          "[D8][D30]") {
    RelayDirectory directory{{at("192.0.2.1")}, 50000, 50009};
    const auto port = directory.take(Family::ipv4, PortWish::pair, 1);
    REQUIRE(port);
    directory.reserve(after(*port), {7, "alice"}, now + 30s);
    for (const char* other : {"bob", "", "alic", "alice "}) {
        CHECK_FALSE(directory.redeem({7, other}, now));
    }
    CHECK(directory.free_ports() == 8);
    CHECK(directory.redeem({7, "alice"}, now) == after(*port));
}

TEST_CASE("a reservation that nobody redeems gives its port back at its end", "[D26][D8]") {
    RelayDirectory directory{{at("192.0.2.1")}, 50000, 50001};
    const auto port = directory.take(Family::ipv4, PortWish::pair, 1);
    REQUIRE(port);
    directory.reserve(after(*port), {1, "alice"}, now + 30s);
    directory.expire(now + 30s - 1ns);
    CHECK(directory.free_ports() == 0);
    directory.expire(now + 30s);
    CHECK(directory.free_ports() == 1);
    CHECK_FALSE(directory.redeem({1, "alice"}, now));
    // Asked for too late but before any sweep: no port, and none lost.
    const auto again = directory.take(Family::ipv4, PortWish::any, 1);
    REQUIRE(again);
    directory.reserve(*again, {2, "alice"}, now + 30s);
    CHECK_FALSE(directory.redeem({2, "alice"}, now + 30s));
    CHECK(directory.free_ports() == 1);
}

TEST_CASE("a token that is taken already loses no port", "[D28]") {
    RelayDirectory directory{{at("192.0.2.1")}, 50000, 50003};
    const auto first = directory.take(Family::ipv4, PortWish::any, 1);
    const auto second = directory.take(Family::ipv4, PortWish::any, 2);
    directory.reserve(first.value(), {7, "alice"}, now + 30s);
    directory.reserve(second.value(), {7, "alice"}, now + 30s);
    CHECK(directory.free_ports() == 3);
    CHECK(directory.redeem({7, "alice"}, now) == first);
}

TEST_CASE("workers that take, publish and give back at once never hold one port twice", "[D22]") {
    RelayDirectory directory{{at("192.0.2.1"), at("192.0.2.2")}, 50000, 50031};
    std::array<std::array<std::atomic<int>, 32>, 2> holders{};
    std::atomic<int> faults = 0;
    const auto work = [&](WorkerIndex worker) {
        std::mt19937_64 random{worker};
        for (int round = 0; round < 3000; ++round) {
            const auto port = directory.take(Family::ipv4, PortWish::any, random());
            if (!port) continue;
            const bool second = port->local.address == IpAddress::parse("192.0.2.2");
            auto& holder = holders[second ? 1 : 0][port->local.port - 50000U];
            if (holder.fetch_add(1) != 0) ++faults;
            directory.publish(*port, worker);
            if (directory.owner(port->advertised) != worker) ++faults;
            directory.expire(now);
            holder.fetch_sub(1);
            directory.give_back(*port);
        }
    };
    std::vector<std::thread> workers;
    for (WorkerIndex worker = 0; worker < 4; ++worker) workers.emplace_back(work, worker);
    for (std::thread& worker : workers) worker.join();
    CHECK(faults == 0);
    CHECK(directory.free_ports() == 64);
}

struct Life {
    std::mt19937_64 random{12};
    RelayDirectory directory{{at("192.0.2.1"), at("192.0.2.2")}, 50000, 50063};
    std::vector<RelayPort> held;
    std::map<std::uint64_t, std::pair<RelayPort, TimePoint>> reserved;  // by token
    TimePoint time = now;

    void allocate() {
        const auto port = directory.take(Family::ipv4, PortWish::pair, random());
        if (!port) return;
        const std::uint64_t token = random();
        held.push_back(*port);
        reserved[token] = {after(*port), time + 30s};
        directory.reserve(after(*port), {token, "alice"}, time + 30s);
    }
    void release() {
        if (held.empty()) return;
        std::swap(held[random() % held.size()], held.back());
        directory.give_back(held.back());
        held.pop_back();
    }
    void redeem() {
        if (reserved.empty()) return;
        const auto [token, reservation] =
            *reserved.lower_bound(std::min(random(), std::prev(reserved.end())->first));
        const auto port = directory.redeem({token, "alice"}, time);
        REQUIRE(port.has_value() == (time < reservation.second));
        if (port) held.push_back(*port);
        reserved.erase(token);
    }
    void expire() {
        directory.expire(time);
        std::erase_if(reserved, [this](const auto& each) { return time >= each.second.second; });
    }
    // Every port is free, held or reserved, and one of them only.
    [[nodiscard]] bool is_whole() const {
        std::set<Endpoint> ports;
        for (const RelayPort& port : held) ports.insert(port.local);
        for (const auto& [token, reservation] : reserved) ports.insert(reservation.first.local);
        return ports.size() == held.size() + reserved.size() &&
               directory.free_ports() + ports.size() == 128;
    }
};

TEST_CASE("no port is lost or doubled, whatever happens to its reservation", "[D22][D30]") {
    Life life;
    for (int step = 0; step < 5'000; ++step) {
        life.time += std::chrono::milliseconds{life.random() % 1500};
        switch (life.random() % 6) {
            case 0:
            case 1:
                life.allocate();
                break;
            case 2:
            case 3:
                life.release();
                break;
            case 4:
                life.redeem();
                break;
            default:
                life.expire();
        }
        REQUIRE(life.is_whole());
    }
}

TEST_CASE("a TCP allocation's address listens, and no datagram is handed to it", "[J4][J21]") {
    RelayDirectory directory{{at("10.0.0.5", "203.0.113.5")}, 50000, 50009};
    const auto port = directory.take(Family::ipv4, PortWish::any, 1);
    REQUIRE(port);
    CHECK_FALSE(directory.listens(port->advertised));
    directory.publish(*port, 3, protocol::Transport::tcp);
    CHECK(directory.listens(port->advertised));
    CHECK_FALSE(directory.contains(port->advertised));
    CHECK_FALSE(directory.owner(port->advertised));
    directory.give_back(*port);
    CHECK_FALSE(directory.listens(port->advertised));
    directory.publish(*directory.take(Family::ipv4, PortWish::any, 1), 3);
    CHECK_FALSE(directory.listens(port->advertised));
    CHECK(directory.owner(port->advertised) == WorkerIndex{3});
}

TEST_CASE("our own addresses have a name outside and one inside", "[J9]") {
    const RelayDirectory directory{{at("10.0.0.5", "203.0.113.5")}, 50000, 50009};
    const auto inside = *Endpoint::parse("10.0.0.5:7");
    const auto outside = *Endpoint::parse("203.0.113.5:7");
    const auto other = *Endpoint::parse("192.0.2.1:7");
    CHECK(directory.as_local(outside) == inside);
    CHECK(directory.as_advertised(inside) == outside);
    CHECK(directory.as_local(other) == other);
    CHECK(directory.as_advertised(other) == other);
}

TEST_CASE("a relayed address that is named is held by whoever was first") {
    RelayDirectory directory{{at("10.0.0.1", "192.0.2.1")}, 50000, 50001};
    const auto port = directory.take(*Endpoint::parse("10.0.0.1:50001"));
    REQUIRE(port);
    CHECK(port->advertised == *Endpoint::parse("192.0.2.1:50001"));
    CHECK_FALSE(directory.take(port->local));
    CHECK_FALSE(directory.take(*Endpoint::parse("10.0.0.9:50000")));
    CHECK_FALSE(directory.take(*Endpoint::parse("10.0.0.1:49999")));
    directory.give_back(*port);
    CHECK(directory.take(port->local));
}

}  // namespace
}  // namespace turnpike::worker
