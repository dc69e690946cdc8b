// SPDX-License-Identifier: BSD-3-Clause
//
// What one relayed packet costs without its system calls: finding the session and forwarding, with
// as many sessions as the argument says; and what a relayed address costs to look up across
// workers.
#include <benchmark/benchmark.h>

#include <chrono>
#include <vector>

#include "server/relay/forwarder.hpp"
#include "server/relay/port_pool.hpp"
#include "server/relay/route_table.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::relay {
namespace {

using benchmark::DoNotOptimize;
using benchmark::State;
using protocol::Endpoint;
using protocol::IpAddress;

constexpr protocol::TimePoint now{std::chrono::hours{1}};
constexpr std::size_t payload_octets = 1200;
constexpr std::uint16_t channel = 0x4000;

// Coprime to every number of sessions and ports here: steps over all of them, none near the last.
constexpr std::size_t stride = 7919;

SessionSeed seed_of(std::uint32_t number) {
    SessionSeed seed;
    seed.id = protocol::AllocationId{number};
    const auto port = static_cast<std::uint16_t>(1024 + number % 60000);
    seed.five_tuple = {{IpAddress::v4(0xCB007100U + number / 16), port},
                       {IpAddress::v4(0xC0000201U), 3478},
                       protocol::Transport::udp};
    seed.relayed[0] = Endpoint{IpAddress::v4(0xC0000201U + number / 60000), port};
    return seed;
}

// As many sessions as asked for, each with a bound and a permitted peer, visited far apart.
struct Traffic {
    RouteTable table;
    std::vector<SessionSeed> seeds;
    Endpoint bound{IpAddress::v4(0xC6336401U), 1111};
    Endpoint permitted{IpAddress::v4(0xC6336401U), 2222};
    std::vector<std::byte> buffer = std::vector<std::byte>(2048);
    std::size_t turn = 0;

    explicit Traffic(std::int64_t sessions) {
        for (std::uint32_t number = 0; number < sessions; ++number) {
            const SessionSeed seed = seeds.emplace_back(seed_of(number));
            table.open(seed, now);
            table.install(seed.id, bound, 0, now + std::chrono::seconds{300});
            table.install(seed.id, bound, channel, now + std::chrono::seconds{600});
        }
    }
    const SessionSeed& next() {
        turn = (turn + stride) % seeds.size();
        return seeds[turn];
    }
};

// The look-up alone: by the client's five-tuple, by a relayed address, by id.
template <typename Find>
void look_up(State& state, Find find) {
    Traffic traffic{state.range(0)};
    for (auto _ : state) DoNotOptimize(find(traffic.table, traffic.next()));
}
void find_client(State& state) {
    look_up(state,
            [](RouteTable& table, const SessionSeed& seed) { return table.find(seed.five_tuple); });
}
BENCHMARK(find_client)->Arg(1)->Arg(1000)->Arg(50000);
void find_relayed(State& state) {
    look_up(state, [](RouteTable& table, const SessionSeed& seed) {
        return table.find(*seed.relayed[0]);
    });
}
BENCHMARK(find_relayed)->Arg(1)->Arg(1000)->Arg(50000);
void find_id(State& state) {
    look_up(state, [](RouteTable& table, const SessionSeed& seed) { return table.find(seed.id); });
}
BENCHMARK(find_id)->Arg(1)->Arg(1000)->Arg(50000);

void channel_to_peer(State& state) {
    Traffic traffic{state.range(0)};
    const auto payload = protocol::Bytes{traffic.buffer}.first(payload_octets);
    for (auto _ : state) {
        Session& session = *traffic.table.find(traffic.next().five_tuple);
        auto forwarded = forward_channel(session, {channel, payload}, now);
        DoNotOptimize(forwarded);
    }
}
BENCHMARK(channel_to_peer)->Arg(1)->Arg(1000)->Arg(50000);

void to_client(State& state, Endpoint Traffic::* peer) {
    Traffic traffic{state.range(0)};
    for (auto _ : state) {
        Session& session = *traffic.table.find(*traffic.next().relayed[0]);
        protocol::Packet packet{traffic.buffer, protocol::packet_headroom, payload_octets};
        auto forwarded = forward_to_client(session, traffic.*peer, packet, now);
        DoNotOptimize(forwarded);
    }
}
BENCHMARK_CAPTURE(to_client, channel, &Traffic::bound)->Arg(1)->Arg(1000)->Arg(50000);
BENCHMARK_CAPTURE(to_client, indication, &Traffic::permitted)->Arg(1)->Arg(1000);

// A refused packet has to cost less than a relayed one.
void unknown_client(State& state) {
    Traffic traffic{state.range(0)};
    auto stranger = seed_of(1).five_tuple;
    for (auto _ : state) {
        ++stranger.client.port;
        stranger.server.port = 3479;
        DoNotOptimize(traffic.table.find(stranger));
    }
}
BENCHMARK(unknown_client)->Arg(50000);

void take_port(State& state) {
    PortPool pool{49152, 65535};
    std::uint64_t place = 0;
    for (std::int64_t held = 0; held < state.range(0); ++held) {
        DoNotOptimize(pool.take(PortWish::any, place += stride));
    }
    for (auto _ : state) {
        const auto port = pool.take(PortWish::any, place += stride);
        pool.give_back(port.value());
    }
}
BENCHMARK(take_port)->Arg(0)->Arg(8192)->Arg(16383);

void owner_of_relay(State& state) {
    const IpAddress address = IpAddress::v4(0xC0000201U);
    worker::RelayDirectory directory{{{address, address}}, 49152, 65535};
    const auto port = directory.take(protocol::Family::ipv4, PortWish::any, 3);
    directory.publish(port.value(), 1);
    for (auto _ : state) DoNotOptimize(directory.owner(port->advertised));
}
BENCHMARK(owner_of_relay);

}  // namespace
}  // namespace turnpike::relay
