// SPDX-License-Identifier: BSD-3-Clause
//
// Checksums through server/xdp/relay.bpf.c: right ones stay right, wrong ones stay wrong.
#include "tests/support/kernel_relay.hpp"

namespace turnpike::xdp {
namespace {

using namespace test;

EntryPoint some_entry() {
    return GENERATE(EntryPoint::xdp, EntryPoint::tc);
}

TEST_CASE("a wrong checksum is not made right", "[rfc1624]") {
    const EntryPoint entry = some_entry();
    const bool client_v6 = GENERATE(false, true);
    const bool peer_v6 = GENERATE(false, true);
    const std::size_t octets = GENERATE(0U, 1U, 172U);
    KernelClient client{channel(client_v6, peer_v6)};
    const bool to_client = GENERATE(false, true);
    Frame sent = to_client ? client.from_peer(some_payload(octets))
                           : client.from_client(some_payload(octets), 3);
    sent.checksum = Sum::wrong;
    const Result result = run(entry, encode(sent));
    CHECK(result.fate == Fate::sent);
    CHECK(result.frame().checksum == Sum::wrong);
}

TEST_CASE("where IPv4 has no checksum it gets none", "[rfc768]") {
    const EntryPoint entry = some_entry();
    KernelClient client{channel()};
    const bool to_client = GENERATE(false, true);
    Frame sent =
        to_client ? client.from_peer(some_payload(9)) : client.from_client(some_payload(9), 3);
    sent.checksum = Sum::none;
    const Result result = run(entry, encode(sent));
    CHECK(result.fate == Fate::sent);
    CHECK(result.frame().checksum == Sum::none);
}

TEST_CASE("IPv6 neither gets nor brings a datagram without checksum", "[rfc8200-8.1]") {
    const EntryPoint entry = some_entry();
    const bool client_v6 = GENERATE(false, true);
    KernelClient client{channel(client_v6, true)};
    const bool to_client = GENERATE(false, true);
    Frame sent =
        to_client ? client.from_peer(some_payload(9)) : client.from_client(some_payload(9));
    sent.checksum = Sum::none;
    const Octets frame = encode(sent);
    const Result result = run(entry, frame);
    CHECK(result.fate == Fate::passed);
    CHECK(result.counted == passed_udp_checksum);
    CHECK(result.octets == frame);
}

TEST_CASE("a checksum that comes to 0 is written as 0xffff", "[rfc768]") {
    const EntryPoint entry = some_entry();
    const bool client_v6 = GENERATE(false, true);
    const bool peer_v6 = GENERATE(false, true);
    const std::size_t checksum_at = peer_v6 ? 14 + 40 + 6 : 14 + 20 + 6;
    KernelClient client{channel(client_v6, peer_v6)};
    Octets payload = some_payload(8);
    payload[2] = payload[3] = std::byte{0};
    const Result first = run(entry, encode(client.from_client(payload)));
    // What was missing to a sum of 0xffff is now in the payload.
    payload[2] = first.octets[checksum_at];
    payload[3] = first.octets[checksum_at + 1];
    const Result second = run(entry, encode(client.from_client(payload)));
    CHECK(number_at(second.octets, checksum_at, 2) == 0xFFFF);
    CHECK(second.frame().checksum == Sum::right);
}

TEST_CASE("XDP computes a checksum that was left to a network card", "[rfc768]") {
    const bool client_v6 = GENERATE(false, true);
    const bool peer_v6 = GENERATE(false, true);
    const bool to_client = GENERATE(false, true);
    const std::size_t octets = GENERATE(0U, 1U, 2U, 3U, 30U, 31U, 32U, 33U, 172U, 1199U, 1400U);
    KernelClient client{channel(client_v6, peer_v6)};
    Frame sent = to_client ? client.from_peer(some_payload(octets))
                           : client.from_client(some_payload(octets), 2);
    sent.checksum = Sum::unfilled;
    const Result result = run(EntryPoint::xdp, encode(sent));
    CHECK(result.fate == Fate::sent);
    CHECK(result.frame().checksum == Sum::right);
}

TEST_CASE("XDP leaves to user space what is too long to be summed up", "[rfc768]") {
    Hop& way_out = LoadedRelay::instance().program.hops()[hop_back];
    way_out.mtu = 3000;
    KernelClient client{channel()};
    Frame sent = client.from_peer(some_payload(2048 - 12));
    sent.checksum = Sum::unfilled;
    CHECK(run(EntryPoint::xdp, encode(sent)).frame().checksum == Sum::right);
    sent.payload.push_back(std::byte{1});
    const Result result = run(EntryPoint::xdp, encode(sent));
    CHECK(result.fate == Fate::passed);
    CHECK(result.counted == passed_udp_checksum);
    way_out.mtu = 1500;
}

}  // namespace
}  // namespace turnpike::xdp
