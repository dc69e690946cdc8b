// SPDX-License-Identifier: BSD-3-Clause
//
// server/xdp/relay.bpf.c on several CPUs at once, and against user space that writes what it reads:
// to the octet.
#include <atomic>
#include <thread>

#include "tests/support/kernel_relay.hpp"

namespace turnpike::xdp {
namespace {

using namespace test;

bool is_sent(EntryPoint entry, protocol::Bytes frame) {
    return run_alone(entry, frame).fate == Fate::sent;
}

TEST_CASE("what several CPUs relay is counted to the octet", "[P6]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    KernelClient client{channel(), {.bits_per_second = 1'000'000'000'000}, 3};
    Pool& pool = LoadedRelay::instance().program.pools()[3];
    pool = {};
    constexpr std::uint64_t packets = 2000;
    const auto work = [&] {
        const Octets up = encode(client.from_client(some_payload(10)));
        const Octets down = encode(client.from_peer(some_payload(7)));
        for (std::uint64_t packet = 0; packet < packets; ++packet) {
            static_cast<void>(is_sent(entry, up));
            static_cast<void>(is_sent(entry, down));
        }
    };
    {
        const std::jthread other{work};
        work();
    }
    const Usage usage = client.usage();
    CHECK(usage.to_peer.packets == 2 * packets);
    CHECK(usage.to_peer.bytes == 20 * packets);
    CHECK(usage.from_peer.packets == 2 * packets);
    CHECK(usage.from_peer.bytes == 14 * packets);
    CHECK(pool.octets == 34 * packets);
}

TEST_CASE("a session is closed at exactly what was relayed, while packets come", "[P6]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    for (int round = 0; round < 20; ++round) {
        KernelClient client{channel()};
        const Octets up = encode(client.from_client(some_payload(10)));
        std::atomic<std::uint64_t> sent{0};
        std::atomic<bool> is_closed{false};
        std::jthread traffic{[&] {
            // At least one after the end, and every one before it.
            for (bool last = false; !last;) {
                last = is_closed.load();
                if (is_sent(entry, up)) sent.fetch_add(1);
            }
        }};
        while (sent.load() < 5) std::this_thread::yield();
        const Usage final = KernelClient::slots().close(client.bound().session);
        is_closed.store(true);
        traffic.join();
        CHECK(final.to_peer.bytes == 10 * sent.load());
        CHECK(client.usage().to_peer.bytes == final.to_peer.bytes);
        CHECK(client.usage().to_peer.packets == sent.load());
    }
}

TEST_CASE("a route that is not its own key's is none", "[H13]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    KernelClient client{channel()};
    const Route route = route_to_peer(client.bound());
    const RouteKey key = key_of(route);
    RouteEntry taken_over = entry_of(route);
    ++taken_over.fingerprint;
    const int map = KernelClient::routes().descriptor();
    REQUIRE(bpf_map_update_elem(map, &key, &taken_over, BPF_EXIST) == 0);
    CHECK(run(entry, encode(client.from_client(some_payload(10)))).fate == Fate::passed);
    CHECK(client.usage().to_peer.packets == 0);
}

// What is found by one key must never be written as another key's route says, although the kernel
// gives the memory of one to the other.
TEST_CASE("a route that is replaced while packets come is one or the other", "[H13]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    KernelClient client{channel()};
    const Octets up = encode(client.from_client(some_payload(10)));
    BoundChannel other = client.bound();
    other.client = at("203.0.113.200:1");
    other.relayed_inner = at("192.0.2.1:60000");
    other.peer = at("198.51.100.200:9");
    std::atomic<bool> is_over{false};
    std::jthread churn{[&] {
        RouteMap routes = KernelClient::routes();
        while (!is_over.load()) {
            routes.remove(client.bound());
            static_cast<void>(routes.install(other));
            routes.remove(other);
            static_cast<void>(routes.install(client.bound()));
        }
    }};
    for (int packet = 0; packet < 20'000; ++packet) {
        const auto result = run_alone(entry, up);
        if (result.fate != Fate::sent) continue;
        if (result.frame().destination != client.bound().peer) FAIL("to somebody else's peer");
    }
    is_over.store(true);
    churn.join();
}

}  // namespace
}  // namespace turnpike::xdp
