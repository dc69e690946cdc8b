// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/kernel_relay.hpp"

#include <map>

#include "server/xdp/program.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_workers.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::TimePoint;
using telemetry::Counter;
using test::endpoint;
using xdp::Passage;

constexpr protocol::AllocationId id{7};
constexpr TimePoint start = TimePoint{} + 1h;
const Endpoint client = endpoint("198.51.100.9:40000");
const Endpoint server = endpoint("192.0.2.1:3478");
const Endpoint peer = endpoint("203.0.113.7:5000");

auth::Grant grant_of_alice() {
    auth::Grant grant;
    grant.realm = "r";
    grant.username = grant.user = "alice";
    return grant;
}

// Everybody is behind one router, but for those who cannot be reached.
struct OneRouter final : Ways {
    std::optional<Passage> take(const xdp::Way& way) override {
        if (unreachable.contains(way.destination)) return std::nullopt;
        ++taken;
        return Passage{.way = way, .hop = 1, .mtu = 0};
    }
    void give_back(const Passage&) noexcept override { --taken; }

    std::set<protocol::IpAddress> unreachable;
    int taken = 0;
};

struct Scenario {
    explicit Scenario(const xdp::Capacity& capacity = {
                          .routes = 16, .sessions = 2, .pools = 4, .hops = 2}) {
        auto loaded = xdp::Program::load(capacity);
        INFO("this needs root and a kernel that takes BPF programs");
        REQUIRE(loaded.has_value());
        program.emplace(*std::move(loaded));
        pools.emplace(program->pools());
        attendance.emplace(3s, &*pools);
        kernel.emplace(context, KernelRelay::Parts{.routes = program->routes(),
                                                   .slots = program->sessions(),
                                                   .own = xdp::SessionSlots{program->sessions(), 0},
                                                   .pools = *pools,
                                                   .ways = ways,
                                                   .verdicts = [this] { return verdicts; }});
        context.kernel = &*kernel;
    }
    // An allocation of a client on UDP with one relayed address.
    Holding& allocate(protocol::Transport transport = protocol::Transport::udp,
                      const auth::Grant& grant = grant_of_alice()) {
        auto seat = attendance->admit(grant, id, start).seat;
        const protocol::FiveTuple five_tuple{client, server, transport};
        relay::SessionSeed seed{.id = id, .five_tuple = five_tuple, .relayed = {relayed, {}}};
        seed.limits = {.deadline = start + 10h,
                       .bytes = grant.bytes,
                       .bits_per_second = grant.bits_per_second};
        seed.user = seat->user_limits();
        seed.call = seat->call_limits();
        seed.heard = &seat->heard();
        Holding& holding =
            context.holdings.insert({.id = id,
                                     .place = {.at = five_tuple, .next = {}},
                                     .link = {.socket = 0, .client = client, .source = {}},
                                     .next_link = {},
                                     .relays = {},
                                     .username = grant.username,
                                     .realm = grant.realm,
                                     .seat = std::move(seat)});
        holding.relays[0].emplace(
            RelayEnd{.port = {relayed, relayed},
                     .socket = net::FileDescriptor{::socket(AF_INET, SOCK_DGRAM, 0)},
                     .listener = {}});
        holding.session = &context.routes.open(seed, start);
        return holding;
    }
    void bind(Holding& holding, std::uint16_t channel, const Endpoint& to,
              TimePoint expires = start + 600s) {
        context.routes.install(id, to, 0, start + 300s);
        context.routes.install(id, to, channel, expires);
        kernel->follow(holding);
    }
    [[nodiscard]] std::optional<xdp::RouteEntry> to_peer(std::uint16_t channel,
                                                         const Endpoint& from = client) {
        xdp::Route route;
        route.remote = from;
        route.local = server;
        route.channel = channel;
        return program->routes().find(key_of(route));
    }
    [[nodiscard]] std::optional<xdp::RouteEntry> to_client(const Endpoint& from) {
        xdp::Route route;
        route.remote = from;
        route.local = relayed;
        return program->routes().find(key_of(route));
    }
    [[nodiscard]] xdp::SessionSlot& slot_of(const Holding& holding) {
        return program->sessions()[holding.kernel->slot];
    }
    // As the kernel's half does.
    void kernel_relays(const Holding& holding, std::size_t way, std::uint64_t octets,
                       TimePoint now) {
        xdp::WayOfSession& each = slot_of(holding).ways[way];
        each.octets += octets;
        ++each.packets;
        each.last_media_ns = static_cast<std::uint64_t>(now.time_since_epoch().count());
    }

    const Endpoint relayed{test::loopback_config().relay.addresses.front(), 50000};
    test::RunningWorkers workers{1};
    telemetry::WorkerCounters counters;
    OneRouter ways;
    xdp::Counters verdicts{};
    std::optional<xdp::Program> program;
    std::optional<xdp::PoolStore> pools;
    std::optional<accounts::Attendance> attendance;
    Context context{.index = 0, .shared = workers.shared, .counters = counters};
    std::optional<KernelRelay> kernel;
};

std::uint64_t count_of(TimePoint when) {
    return static_cast<std::uint64_t>(when.time_since_epoch().count());
}

TEST_CASE("a channel that is bound is the kernel's both ways, until its permission ends") {
    Scenario s;
    Holding& holding = s.allocate();
    s.bind(holding, 0x4000, peer);
    REQUIRE(s.to_peer(0x4000));
    REQUIRE(s.to_client(peer));
    CHECK(s.to_peer(0x4000)->expires_ns == count_of(start + 300s));
    CHECK(s.to_client(peer)->channel == htons(0x4000));
    CHECK(s.slot_of(holding).deadline_ns == count_of(start + 10h));
    CHECK(s.ways.taken == 2);
    s.context.routes.install(id, peer, 0, start + 900s);
    s.kernel->follow(holding);
    CHECK(s.to_client(peer)->expires_ns == count_of(start + 600s));
    s.context.routes.remove(id, peer, 0x4000);
    s.kernel->follow(holding);
    CHECK_FALSE(s.to_peer(0x4000));
    CHECK_FALSE(s.to_client(peer));
    CHECK(s.ways.taken == 0);
}

TEST_CASE("a client of a connection is user space's alone") {
    Scenario s;
    s.bind(s.allocate(GENERATE(protocol::Transport::tcp, protocol::Transport::dtls)), 0x4000, peer);
    CHECK_FALSE(s.to_peer(0x4000));
    CHECK(s.ways.taken == 0);
}

TEST_CASE("who cannot be reached without the kernel's routing is user space's, nobody else") {
    Scenario s;
    Holding& holding = s.allocate();
    s.ways.unreachable.insert(peer.address);
    s.bind(holding, 0x4000, peer);
    s.bind(holding, 0x4001, endpoint("203.0.113.8:5000"));
    CHECK_FALSE(s.to_peer(0x4000));
    CHECK(s.to_peer(0x4001));
    CHECK(s.ways.taken == 2);
    s.ways.unreachable.clear();
    s.kernel->look_for_ways();
    CHECK(s.to_peer(0x4000));
    CHECK(s.ways.taken == 4);
}

TEST_CASE("a client that moves is found where it is, and nowhere else") {
    Scenario s;
    Holding& holding = s.allocate();
    s.bind(holding, 0x4000, peer);
    const Endpoint elsewhere = endpoint("198.51.100.77:999");
    holding.place.at->client = elsewhere;
    s.kernel->follow(holding);
    CHECK_FALSE(s.to_peer(0x4000));
    CHECK(s.to_peer(0x4000, elsewhere));
    holding.place.at.reset();
    s.kernel->follow(holding);
    CHECK_FALSE(s.to_peer(0x4000, elsewhere));
    CHECK_FALSE(s.to_client(peer));
}

TEST_CASE("a peer that is a relayed address of this server has no hop of its own") {
    Scenario s;
    Holding& holding = s.allocate();
    s.bind(holding, 0x4000, {s.relayed.address, 50002});
    REQUIRE(s.to_peer(0x4000));
    CHECK((s.to_peer(0x4000)->flags & xdp::route_hairpin) != 0);
    CHECK(s.ways.taken == 1);
}

TEST_CASE("what the kernel relays is on the account, in the metrics and heard") {
    Scenario s;
    Holding& holding = s.allocate();
    s.bind(holding, 0x4000, peer);
    s.kernel_relays(holding, xdp::way_to_peer, 100, start + 5s);
    s.kernel_relays(holding, xdp::way_from_peer, 30, start + 6s);
    CHECK(holding.session->traffic_to_peer().bytes == 100);
    s.kernel->look();
    s.kernel->look();
    CHECK(s.counters.read(Counter::bytes_to_peer_kernel) == 100);
    CHECK(s.counters.read(Counter::packets_to_client_kernel) == 1);
    CHECK(holding.seat->heard().load() == (start + 5s).time_since_epoch().count());
    s.kernel_relays(holding, xdp::way_to_peer, 11, start + 7s);
    s.kernel->end(holding);
    CHECK(s.counters.read(Counter::bytes_to_peer_kernel) == 111);
    CHECK(holding.session->traffic_to_peer().bytes == 111);
    CHECK(holding.session->traffic_from_peer().packets == 1);
    CHECK_FALSE(s.to_peer(0x4000));
    CHECK_FALSE(holding.kernel);
}

TEST_CASE("a grant's limits are the kernel's too, and follow it") {
    Scenario s;
    auth::Grant grant = grant_of_alice();
    grant.call = "c-1";
    grant.bytes = 1000;
    grant.bits_per_second = 8000;
    Holding& holding = s.allocate(protocol::Transport::udp, grant);
    s.bind(holding, 0x4000, peer);
    const xdp::SessionSlot& slot = s.slot_of(holding);
    CHECK(slot.octets_max == 1000);
    CHECK(slot.bits_per_second == 8000);
    CHECK(slot.pools[0] != 0);
    CHECK(slot.pools[1] != 0);
    CHECK(slot.pools[0] != slot.pools[1]);
    holding.session->amend({.deadline = start + 20s, .bytes = 50, .bits_per_second = 0});
    s.kernel->amend(holding);
    CHECK(slot.deadline_ns == count_of(start + 20s));
    CHECK(slot.octets_max == 50);
    REQUIRE(holding.session->charge_to_peer(40, start).has_value());
    CHECK(slot.octets_elsewhere == 40);
    s.kernel_relays(holding, xdp::way_to_peer, 10, start);
    CHECK(holding.session->charge_to_peer(1, start).error() == relay::Drop::bytes);
}

TEST_CASE("what the kernel has no room for is user space's, and counted") {
    Scenario s{{.routes = 2, .sessions = 1, .pools = 4, .hops = 2}};
    Holding& holding = s.allocate();
    s.bind(holding, 0x4000, peer);
    s.bind(holding, 0x4001, endpoint("203.0.113.8:5000"));
    CHECK(s.to_peer(0x4000));
    CHECK_FALSE(s.to_peer(0x4001));
    CHECK(s.ways.taken == 2);
    CHECK(s.counters.read(Counter::kernel_full) == 1);
}

TEST_CASE("limits that are in no pool are user space's") {
    Scenario s{{.routes = 16, .sessions = 1, .pools = 1, .hops = 2}};
    s.bind(s.allocate(), 0x4000, peer);
    CHECK_FALSE(s.to_peer(0x4000));
    CHECK(s.ways.taken == 0);
}

TEST_CASE("verdicts of the kernel are counted as they grow") {
    Scenario s;
    s.verdicts.packets[xdp::drop_bandwidth] = 3;
    s.verdicts.packets[xdp::passed_fragment] = 5;
    s.verdicts.packets[xdp::passed_super_packet] = 7;
    s.kernel->look();
    s.verdicts.packets[xdp::drop_bandwidth] = 4;
    s.kernel->look();
    CHECK(s.counters.read(Counter::drop_bandwidth) == 4);
    CHECK(s.counters.read(Counter::kernel_passed_fragment) == 5);
    CHECK(s.counters.read(Counter::kernel_passed_super_packet) == 7);
    CHECK(s.counters.read(Counter::kernel_passed_unrouted) == 0);
}

}  // namespace
}  // namespace turnpike::worker
