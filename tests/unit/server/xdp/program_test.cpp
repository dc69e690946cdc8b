// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/program.hpp"

#include "tests/support/bpf_folder.hpp"
#include "tests/support/kernel_relay.hpp"

namespace turnpike::xdp {
namespace {

using namespace test;

TEST_CASE("the kernel takes the program, with maps of the sizes that were asked for") {
    const Program program = load({.routes = 3, .sessions = 5, .pools = 7, .hops = 9});
    CHECK(program.descriptor(EntryPoint::xdp) >= 0);
    CHECK(program.descriptor(EntryPoint::tc) >= 0);
    CHECK(program.sessions().size() == 5);
    CHECK(program.pools().size() == 7);
    CHECK(program.hops().size() == 9);
    CHECK(program.counters().packets[relayed_to_peer] == 0);
}

TEST_CASE("what the kernel does not take is a problem with words") {
    const auto program = Program::load({.routes = 0});
    REQUIRE_FALSE(program.has_value());
    CHECK(program.error().error);
    CHECK(program.error().text.find("the kernel does not take the BPF program") == 0);
}

TEST_CASE("a program that is pinned nowhere is nobody's to inherit") {
    const Program program = load({.routes = 1, .sessions = 1, .pools = 1, .hops = 1});
    CHECK_FALSE(program.is_inherited());
    CHECK(program.reason().empty());
    CHECK(program.pins() == nullptr);
    CHECK(program.identity() == 0);
}

TEST_CASE("what the kernel does not take leaves nothing pinned") {
    const BpfFolder system;
    const Pins pins = system.pins();
    CHECK_FALSE(Program::load({.routes = 0}, pins).has_value());
    CHECK_FALSE(pins.has_maps());
}

TEST_CASE("an interface that is not there cannot be sent through") {
    const Program program = load({.routes = 1, .sessions = 1, .pools = 1, .hops = 1});
    const auto opened = program.open_interface(4'000'000);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().text.find("redirecting to interface 4000000") == 0);
}

TEST_CASE("counters are those of all CPUs, packets and payload") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const Program& program = LoadedRelay::instance().program;
    KernelClient client{channel()};
    const Counters before = program.counters();
    for (int packet = 0; packet < 3; ++packet) {
        CHECK(run(entry, encode(client.from_client(some_payload(100)))).fate == Fate::sent);
    }
    CHECK(run(entry, encode(client.from_peer(some_payload(10)))).fate == Fate::sent);
    const Counters after = program.counters();
    CHECK(after.packets[relayed_to_peer] - before.packets[relayed_to_peer] == 3);
    CHECK(after.octets[relayed_to_peer] - before.octets[relayed_to_peer] == 300);
    CHECK(after.packets[relayed_to_client] - before.packets[relayed_to_client] == 1);
    CHECK(after.octets[relayed_to_client] - before.octets[relayed_to_client] == 10);
}

}  // namespace
}  // namespace turnpike::xdp
