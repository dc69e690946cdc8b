// SPDX-License-Identifier: BSD-3-Clause
//
// Two processes, one after the other, behind the same routes: calls go on between the end of the
// first and the start of the second.
#include <optional>

#include "server/xdp/attachment.hpp"
#include "server/xdp/monotonic.hpp"
#include "tests/support/bpf_folder.hpp"
#include "tests/support/plain_socket.hpp"
#include "tests/support/relay_cable.hpp"

namespace turnpike::xdp {
namespace {

using namespace std::chrono_literals;
using namespace test;
using protocol::AllocationId;
using protocol::TimePoint;

constexpr Capacity few{.routes = 8, .sessions = 4, .pools = 3, .hops = 8};
constexpr AllocationId allocation{17};
constexpr std::uint64_t identity = 0x1234'5678'9abc'def0;

// A server, as far as the kernel knows of one.
struct Process {
    Program program;
    SessionSlots slots{program.sessions(), 0};
    std::vector<Attachment> attachments;

    explicit Process(const Pins& pins) : program{load(pins)} {}

    static Program load(const Pins& pins) {
        auto program = Program::load(few, pins);
        if (!program) throw std::runtime_error{program.error().text};
        return std::move(*program);
    }
    void attach(std::uint32_t interface, EntryPoint entry) {
        auto attached = Attachment::make(program, interface, entry);
        if (!attached) throw std::runtime_error{attached.error().text};
        attachments.push_back(std::move(*attached));
    }
    // A cable takes from XDP only what has XDP at its other end.
    void attach(const Cable& cable, EntryPoint near) {
        attach(cable.network.near(), near);
        attach(cable.network.far(), EntryPoint::xdp);
    }
    void leave(TimePoint until) {
        for (Attachment& each : attachments) each.leave();
        program.leave(until, identity);
    }
};

SlotSeed seed() {
    return {.allocation = allocation, .limits = {}, .expires = TimePoint::max()};
}

BoundChannel bound(std::uint32_t slot) {
    BoundChannel made = channel();
    made.hop_to_peer = made.hop_to_client = Cable::hop;
    made.allocation = allocation;
    made.session = slot;
    made.expires = TimePoint::max();
    return made;
}

// Both ways, or nothing arrives where it should.
void check_call(const PlainSocket& client, const PlainSocket& peer, const BoundChannel& bound) {
    client.send(bound.server, channel_data(bound.number, some_payload(100)));
    CHECK(peer.receive() == some_payload(100));
    peer.send(bound.relayed, some_payload(50));
    CHECK(client.receive() == channel_data(bound.number, some_payload(50)));
}

TEST_CASE("a call goes on while no process is there, and the next one has its count", "[H13]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const BpfFolder system;
    const Cable cable;
    if (entry != EntryPoint::xdp) OwnNetwork::compute_checksums("near");
    const Pins pins = system.pins();
    std::optional<Process> first{pins};
    first->attach(cable, entry);
    cable.lay(first->program.hops());
    const std::uint32_t slot = first->slots.open(seed()).value();
    const BoundChannel call = bound(slot);
    REQUIRE(first->program.routes().install(call) == Update::done);
    const PlainSocket client{call.client};
    const PlainSocket peer{call.peer};
    check_call(client, peer, call);

    first->leave(std::chrono::steady_clock::now() + 1h);
    first.reset();
    check_call(client, peer, call);

    std::optional<Process> second{pins};
    REQUIRE(second->program.is_inherited());
    CHECK(second->program.identity() == identity);
    check_call(client, peer, call);
    second->attach(cable, entry);
    check_call(client, peer, call);
    CHECK(second->slots.waiting() == 1);
    REQUIRE(second->slots.adopt(slot, seed()));
    second->program.set_until(TimePoint::max());
    CHECK(second->slots.usage(slot).to_peer.packets == 4);
    CHECK(second->slots.usage(slot).from_peer.bytes == 200);
    CHECK(second->program.counters().packets[relayed_to_peer] == 4);
    REQUIRE(second->program.routes().install(call) == Update::done);
    CHECK(second->program.routes().remove_inherited() == 0);
    check_call(client, peer, call);

    second.reset();
    CHECK(pins.links().empty());
    CHECK_FALSE(pins.has_maps());
    client.send(call.server, channel_data(call.number, some_payload(100)));
    client.send(call.peer, some_payload(1));
    CHECK(peer.receive() == some_payload(1));
}

TEST_CASE("routes that the next process has not installed again are removed") {
    const BpfFolder system;
    const Pins pins = system.pins();
    const BoundChannel stays = bound(0);
    BoundChannel goes = stays;
    goes.client.port = 40001;
    goes.relayed_inner.port = 50001;
    {
        Process first{pins};
        REQUIRE(first.program.routes().install(stays) == Update::done);
        REQUIRE(first.program.routes().install(goes) == Update::done);
        first.leave(TimePoint::max());
    }
    const Process second{pins};
    RouteMap routes = second.program.routes();
    CHECK(routes.extend(stays, TimePoint{1h}) == Update::done);
    CHECK(routes.remove_inherited() == 2);
    CHECK(routes.find(key_of(route_to_peer(stays))));
    CHECK_FALSE(routes.find(key_of(route_to_peer(goes))));
    CHECK(routes.remove_inherited() == 0);
}

TEST_CASE("when nobody stands behind the routes any more, packets go up as they came", "[H13]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    Program& program = LoadedRelay::instance().program;
    KernelClient client{channel()};
    const std::vector<Octets> frames{encode(client.from_client(some_payload(20))),
                                     encode(client.from_peer(some_payload(20)))};
    for (const Octets& frame : frames) {
        program.set_until(std::chrono::steady_clock::now());
        const Result result = run(entry, frame);
        CHECK(result.fate == Fate::passed);
        CHECK(result.counted == passed_expired);
        CHECK(result.octets == frame);
        program.set_until(std::chrono::steady_clock::now() + 1h);
        CHECK(run(entry, frame).fate == Fate::sent);
        program.set_until(TimePoint::max());
        CHECK(run(entry, frame).fate == Fate::sent);
    }
    CHECK(client.usage().to_peer.packets == 2);
    CHECK(client.usage().from_peer.packets == 2);
}

}  // namespace
}  // namespace turnpike::xdp
