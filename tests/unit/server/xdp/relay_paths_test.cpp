// SPDX-License-Identifier: BSD-3-Clause
//
// Every way through server/xdp/relay.bpf.c: what goes in, and octet by octet what comes out.
#include "tests/support/kernel_relay.hpp"

namespace turnpike::xdp {
namespace {

using namespace test;

EntryPoint some_entry() {
    return GENERATE(EntryPoint::xdp, EntryPoint::tc);
}

void check_headers(const Frame& frame, const Frame& before) {
    CHECK(frame.to == hop_mac);
    CHECK(frame.from == own_mac);
    CHECK(frame.hop_limit == before.hop_limit - 1);
    CHECK(frame.traffic_class == before.traffic_class);
    CHECK_FALSE(frame.dont_fragment);
    CHECK(frame.flow_label == 0);
    CHECK(frame.checksum == before.checksum);
}

TEST_CASE("ChannelData goes to the peer as bare payload", "[rfc8656-12]") {
    const EntryPoint entry = some_entry();
    const bool client_v6 = GENERATE(false, true);
    const bool peer_v6 = GENERATE(false, true);
    const std::size_t octets = GENERATE(0U, 1U, 2U, 3U, 4U, 172U, 1199U, 1200U);
    KernelClient client{channel(client_v6, peer_v6)};
    Frame sent = client.from_client(some_payload(octets));
    sent.traffic_class = 0xB9;  // EF, and ECT(1)
    const Result result = run(entry, encode(sent));
    CHECK(result.fate == Fate::sent);
    CHECK(result.counted == relayed_to_peer);
    const Frame frame = result.frame();
    check_headers(frame, sent);
    CHECK(frame.source == client.bound().relayed);
    CHECK(frame.destination == client.bound().peer);
    CHECK(frame.payload == some_payload(octets));
    CHECK(client.usage().to_peer.packets == 1);
    CHECK(client.usage().to_peer.bytes == octets);
    CHECK(client.usage().from_peer.packets == 0);
}

TEST_CASE("a peer's datagram goes to the client as ChannelData", "[rfc8656-12]") {
    const EntryPoint entry = some_entry();
    const bool client_v6 = GENERATE(false, true);
    const bool peer_v6 = GENERATE(false, true);
    const std::size_t octets = GENERATE(0U, 1U, 2U, 3U, 4U, 172U, 1199U, 1200U);
    KernelClient client{channel(client_v6, peer_v6)};
    Frame sent = client.from_peer(some_payload(octets));
    sent.traffic_class = 0x03;  // CE
    const Result result = run(entry, encode(sent));
    CHECK(result.fate == Fate::sent);
    CHECK(result.counted == relayed_to_client);
    const Frame frame = result.frame();
    check_headers(frame, sent);
    CHECK(frame.source == client.bound().server);
    CHECK(frame.destination == client.bound().client);
    CHECK(frame.payload == channel_data(0x4001, some_payload(octets)));
    CHECK(client.usage().from_peer.packets == 1);
    CHECK(client.usage().from_peer.bytes == octets);
    CHECK(client.usage().to_peer.packets == 0);
}

// Two clients, each other's peer by their relayed addresses; the relays are of one family.
struct Pair {
    KernelClient alice;
    KernelClient bob;

    Pair(bool alice_v6, bool bob_v6, bool relays_v6)
        : alice{one(alice_v6, relays_v6, 0)}, bob{one(bob_v6, relays_v6, 1)} {}

    static BoundChannel one(bool v6, bool relay_v6, std::uint16_t which) {
        BoundChannel bound = channel(v6, relay_v6);
        const auto own = static_cast<std::uint16_t>(50000 + which);
        const auto other = static_cast<std::uint16_t>(50001 - which);
        // With 1:1 NAT peers know another address than the one that datagrams arrive at.
        const auto outer = at(relay_v6 ? "[2001:db8:f::1]:0" : "192.0.2.1:0").address;
        const auto inner = at(relay_v6 ? "[fd00::1]:0" : "10.0.0.1:0").address;
        bound.number = which == 0 ? 0x4001 : 0x4F00;
        bound.client.port = own;
        bound.relayed = {outer, own};
        bound.relayed_inner = {inner, own};
        bound.peer = {outer, other};
        bound.peer_inner = {inner, other};
        bound.hop_to_peer = hop_unusable;
        return bound;
    }
};

TEST_CASE("from one client to the other it is one pass, charged on both sides", "[rfc8656-12]") {
    const EntryPoint entry = some_entry();
    const bool alice_v6 = GENERATE(false, true);
    const bool bob_v6 = GENERATE(false, true);
    const bool relays_v6 = GENERATE(false, true);
    const std::size_t octets = GENERATE(0U, 1U, 172U, 1199U);
    const std::size_t padding = GENERATE(0U, 3U);
    Pair pair{alice_v6, bob_v6, relays_v6};
    const Frame sent = pair.alice.from_client(some_payload(octets), padding);
    const Result result = run(entry, encode(sent));
    CHECK(result.fate == Fate::sent);
    CHECK(result.counted == relayed_hairpin);
    const Frame frame = result.frame();
    check_headers(frame, sent);
    CHECK(frame.source == pair.bob.bound().server);
    CHECK(frame.destination == pair.bob.bound().client);
    CHECK(frame.payload == channel_data(0x4F00, some_payload(octets)));
    CHECK(pair.alice.usage().to_peer.bytes == octets);
    CHECK(pair.bob.usage().from_peer.bytes == octets);
    CHECK(pair.alice.usage().from_peer.packets == 0);
    CHECK(pair.bob.usage().to_peer.packets == 0);
}

TEST_CASE("padding is cut, whatever it is made of", "[rfc8656-12.5]") {
    const EntryPoint entry = some_entry();
    const bool peer_v6 = GENERATE(false, true);
    const std::size_t octets = GENERATE(1U, 2U, 3U, 4U, 171U);
    const std::size_t padding = GENERATE(1U, 2U, 3U);
    KernelClient client{channel(false, peer_v6)};
    const Result result = run(entry, encode(client.from_client(some_payload(octets), padding)));
    CHECK(result.counted == relayed_to_peer);
    CHECK(result.frame().payload == some_payload(octets));
    CHECK(result.frame().checksum == Sum::right);
    CHECK(client.usage().to_peer.bytes == octets);
}

TEST_CASE("what Ethernet fills short frames with is cut too", "[H13]") {
    const EntryPoint entry = some_entry();
    const bool to_client = GENERATE(false, true);
    KernelClient client{channel()};
    const Octets payload = some_payload(5);
    Octets frame = encode(to_client ? client.from_peer(payload) : client.from_client(payload));
    frame.resize(60, std::byte{0xEE});
    const Result result = run(entry, frame);
    CHECK(result.fate == Fate::sent);
    CHECK(result.frame().payload == (to_client ? channel_data(0x4001, payload) : payload));
    CHECK(result.frame().checksum == Sum::right);
}

TEST_CASE("a peer may send what looks like ChannelData", "[rfc8656-12]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel()};
    const Octets payload = channel_data(0x4001, some_payload(9));
    const Result result = run(entry, encode(client.from_peer(payload)));
    CHECK(result.counted == relayed_to_client);
    CHECK(result.frame().payload == channel_data(0x4001, payload));
}

TEST_CASE("an IPv6 route may have a flow label", "[rfc8656-14]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel(false, true)};
    Route route = route_to_peer(client.bound());
    route.flow_label = 0xABCDE;
    REQUIRE(KernelClient::routes().install(route) == Update::done);
    CHECK(run(entry, encode(client.from_client(some_payload(8)))).frame().flow_label == 0xABCDE);
}

TEST_CASE("each IPv4 datagram has an identification of its own", "[rfc8656-14]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel()};
    const Octets frame = encode(client.from_client(some_payload(8)));
    std::set<std::size_t> seen;
    for (int packet = 0; packet < 8; ++packet) {
        seen.insert(number_at(run(entry, frame).octets, 18, 2));
    }
    CHECK(seen.size() > 4);
}

}  // namespace
}  // namespace turnpike::xdp
