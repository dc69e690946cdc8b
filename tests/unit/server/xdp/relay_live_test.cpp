// SPDX-License-Identifier: BSD-3-Clause
//
// server/xdp/relay.bpf.c on a cable, between sockets: at its far end stand the client and the peer,
// at its near end the relay, of which there is nothing but the BPF program. Both sockets leave
// their checksums to a network card, as sockets do, and the kernel looks at those that come back.
#include "server/xdp/attachment.hpp"
#include "tests/support/kernel_relay.hpp"
#include "tests/support/plain_socket.hpp"
#include "tests/support/relay_cable.hpp"

namespace turnpike::xdp {
namespace {

using namespace test;

Outcome<Attachment> attach(EntryPoint entry, std::uint32_t interface) {
    return Attachment::make(LoadedRelay::instance().program, interface, entry);
}

TEST_CASE("between sockets on a cable, both ways", "[H13]") {
    const EntryPoint way = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const bool client_v6 = GENERATE(false, true);
    const bool peer_v6 = GENERATE(false, true);
    const Cable cable{LoadedRelay::instance().program.hops()};
    // At tc the note that a checksum is to be computed goes along: here the kernel does as it says.
    if (way != EntryPoint::xdp) OwnNetwork::compute_checksums("near");
    const auto near = attach(way, cable.network.near());
    REQUIRE(near.has_value());
    // A cable takes from XDP only what has XDP at its other end.
    const auto far = attach(EntryPoint::xdp, cable.network.far());
    REQUIRE(far.has_value());
    BoundChannel bound = channel(client_v6, peer_v6);
    bound.hop_to_peer = bound.hop_to_client = Cable::hop;
    KernelClient relayed{bound};
    const PlainSocket client{bound.client};
    const PlainSocket peer{bound.peer};
    for (const std::size_t octets : {1U, 172U, 1201U}) {
        client.send(bound.server, channel_data(bound.number, some_payload(octets), 3));
        CHECK(peer.receive() == some_payload(octets));
        peer.send(bound.relayed, some_payload(octets));
        CHECK(client.receive() == channel_data(bound.number, some_payload(octets)));
    }
    CHECK(relayed.usage().to_peer.packets == 3);
    CHECK(relayed.usage().from_peer.packets == 3);
}

TEST_CASE("XDP sends through another interface once that was opened", "[H13]") {
    const Cable cable{LoadedRelay::instance().program.hops()};
    const Program& program = LoadedRelay::instance().program;
    REQUIRE(program.open_interface(cable.network.near()).has_value());
    BoundChannel bound = channel();
    bound.hop_to_peer = Cable::hop;
    KernelClient client{bound};
    const Result result = run(EntryPoint::xdp, encode(client.from_client(some_payload(10))));
    CHECK(result.fate == Fate::sent);
    CHECK(result.counted == relayed_to_peer);
}

}  // namespace
}  // namespace turnpike::xdp
