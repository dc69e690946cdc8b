// SPDX-License-Identifier: BSD-3-Clause
//
// What server/xdp/relay.bpf.c hands up to user space: as it came, and charged to nobody.
#include <functional>

#include "tests/support/kernel_relay.hpp"

namespace turnpike::xdp {
namespace {

using namespace test;

constexpr std::size_t ip_at = 14;
constexpr std::size_t v4_udp_at = ip_at + 20;
constexpr std::size_t v6_udp_at = ip_at + 40;

void set(Octets& frame, std::size_t at, std::size_t value) {
    frame.at(at) = static_cast<std::byte>(value >> 8U);
    frame.at(at + 1) = static_cast<std::byte>(value);
}

// After a change of the IPv4 header.
void mend_header(Octets& frame) {
    set(frame, ip_at + 10, 0);
    const auto header = protocol::Bytes{frame}.subspan(ip_at, 20);
    set(frame, ip_at + 10, static_cast<std::uint16_t>(~internet_sum(header)));
}

struct Refusal {
    std::string what;
    std::optional<Verdict> counted;  // none: it looks like nothing of ours
    std::function<Octets(KernelClient&)> frame;
};

Octets changed(const Frame& frame, const std::function<void(Octets&)>& change) {
    Octets octets = encode(frame);
    change(octets);
    return octets;
}

const Octets payload = some_payload(20);

std::vector<Refusal> unrelated_packets() {
    return {
        {"to another address", std::nullopt,
         [](KernelClient& client) {
             Frame frame = client.from_client(payload);
             frame.destination.address = at("192.0.2.2:0").address;
             return encode(frame);
         }},
        {"to another port", std::nullopt,
         [](KernelClient& client) {
             Frame frame = client.from_client(payload);
             ++frame.destination.port;
             return encode(frame);
         }},
        {"from another port", std::nullopt,
         [](KernelClient& client) {
             Frame frame = client.from_peer(payload);
             ++frame.source.port;
             return encode(frame);
         }},
        {"a channel that is not bound", std::nullopt,
         [](KernelClient& client) {
             Frame frame = client.from_client(payload);
             frame.payload = channel_data(0x4002, payload);
             return encode(frame);
         }},
        {"a STUN message of the client", std::nullopt,
         [](KernelClient& client) {
             Frame frame = client.from_client(payload);
             frame.payload = hex("0001 0000 2112a442 000000000000000000000000");
             return encode(frame);
         }},
        {"TCP", std::nullopt,
         [](KernelClient& client) {
             return changed(client.from_client(payload), [](Octets& octets) {
                 octets[ip_at + 9] = std::byte{6};
                 mend_header(octets);
             });
         }},
        {"no IP", std::nullopt,
         [](KernelClient& client) {
             return changed(client.from_client(payload),
                            [](Octets& octets) { set(octets, 12, 0x0806); });
         }},
        {"one tag of a VLAN", std::nullopt,
         [](KernelClient& client) {
             return changed(client.from_client(payload), [](Octets& octets) {
                 const Octets tag = hex("8100 0005");
                 octets.insert(octets.begin() + 12, tag.begin(), tag.end());
             });
         }},
    };
}

std::vector<Refusal> odd_headers() {
    return {
        {"a first fragment", passed_fragment,
         [](KernelClient& client) {
             return changed(client.from_client(payload), [](Octets& octets) {
                 set(octets, ip_at + 6, 0x2000);
                 mend_header(octets);
             });
         }},
        {"a last fragment", passed_fragment,
         [](KernelClient& client) {
             return changed(client.from_client(payload), [](Octets& octets) {
                 set(octets, ip_at + 6, 0x0001);
                 mend_header(octets);
             });
         }},
        {"options", passed_options,
         [](KernelClient& client) {
             return changed(client.from_client(payload), [](Octets& octets) {
                 octets[ip_at] = std::byte{0x46};
                 mend_header(octets);
             });
         }},
        {"a wrong checksum of the IP header", passed_ip_checksum,
         [](KernelClient& client) {
             return changed(client.from_client(payload),
                            [](Octets& octets) { octets[ip_at + 1] ^= std::byte{4}; });
         }},
    };
}

std::vector<Refusal> odd_lengths() {
    return {
        {"an IP packet that is longer than its frame", passed_malformed,
         [](KernelClient& client) {
             return changed(client.from_client(payload),
                            [](Octets& octets) { octets.resize(octets.size() - 1); });
         }},
        {"an IP packet that is longer than its datagram", passed_malformed,
         [](KernelClient& client) {
             return changed(client.from_client(payload), [](Octets& octets) {
                 set(octets, v4_udp_at + 4, number_at(octets, v4_udp_at + 4, 2) - 1);
             });
         }},
        {"a datagram shorter than its header", passed_malformed,
         [](KernelClient& client) {
             return changed(client.from_client(payload), [](Octets& octets) {
                 set(octets, v4_udp_at + 4, 7);
                 set(octets, ip_at + 2, 27);
                 mend_header(octets);
             });
         }},
        {"ChannelData that is longer than its datagram", passed_malformed,
         [](KernelClient& client) {
             return changed(client.from_client(payload),
                            [](Octets& octets) { set(octets, v4_udp_at + 10, 21); });
         }},
        {"four octets of padding", passed_padding,
         [](KernelClient& client) { return encode(client.from_client(payload, 4)); }},
    };
}

std::vector<Refusal> without_way_out() {
    return {
        {"one hop left, to the peer", passed_hop_limit,
         [](KernelClient& client) {
             Frame frame = client.from_client(payload);
             frame.hop_limit = 1;
             return encode(frame);
         }},
        {"one hop left, to the client", passed_hop_limit,
         [](KernelClient& client) {
             Frame frame = client.from_peer(payload);
             frame.hop_limit = 1;
             return encode(frame);
         }},
        {"too big for the way out", passed_too_big,
         [](KernelClient& client) { return encode(client.from_peer(some_payload(1469))); }},
        {"too big for the path", passed_too_big,
         [](KernelClient& client) {
             client.bound().mtu_to_client = 60;
             client.install();
             return encode(client.from_peer(some_payload(29)));
         }},
        {"no neighbour", passed_unrouted,
         [](KernelClient& client) {
             client.bound().hop_to_peer = hop_unusable;
             client.install();
             return encode(client.from_client(payload));
         }},
    };
}

std::vector<Refusal> without_route() {
    return {
        {"no such hop", passed_unrouted,
         [](KernelClient& client) {
             client.bound().hop_to_peer = 1'000'000;
             client.install();
             return encode(client.from_client(payload));
         }},
        {"a peer on this server that has no route", passed_unrouted,
         [](KernelClient& client) {
             KernelClient::routes().remove(client.bound());
             client.bound().peer_inner = at("192.0.2.1:50009");
             client.install();
             return encode(client.from_client(payload));
         }},
        {"a slot that does not exist", passed_stale,
         [](KernelClient& client) {
             Route route = route_to_peer(client.bound());
             route.session = 1'000'000;
             REQUIRE(KernelClient::routes().install(route) == Update::done);
             return encode(client.from_client(payload));
         }},
        {"a slot that is another allocation's", passed_stale,
         [](KernelClient& client) {
             Route route = route_to_peer(client.bound());
             route.allocation = protocol::AllocationId{1};
             REQUIRE(KernelClient::routes().install(route) == Update::done);
             return encode(client.from_client(payload));
         }},
    };
}

std::vector<Refusal> of_ipv6() {
    return {
        {"an extension header", std::nullopt,
         [](KernelClient& client) {
             return changed(client.from_client(payload),
                            [](Octets& octets) { octets[ip_at + 6] = std::byte{44}; });
         }},
        {"an IP packet that is longer than its frame", passed_malformed,
         [](KernelClient& client) {
             return changed(client.from_client(payload),
                            [](Octets& octets) { octets.resize(octets.size() - 1); });
         }},
        {"an IP packet that is longer than its datagram", passed_malformed,
         [](KernelClient& client) {
             return changed(client.from_client(payload), [](Octets& octets) {
                 set(octets, v6_udp_at + 4, number_at(octets, v6_udp_at + 4, 2) - 1);
             });
         }},
        {"one hop left", passed_hop_limit,
         [](KernelClient& client) {
             Frame frame = client.from_client(payload);
             frame.hop_limit = 1;
             return encode(frame);
         }},
        {"too big for the way out", passed_too_big,
         [](KernelClient& client) { return encode(client.from_peer(some_payload(1449))); }},
    };
}

void check_refused(EntryPoint entry, KernelClient& client, const Refusal& refusal) {
    INFO(refusal.what);
    const Octets frame = refusal.frame(client);
    const Result result = run(entry, frame);
    CHECK(result.fate == Fate::passed);
    CHECK(result.counted == refusal.counted);
    CHECK(result.octets == frame);
    CHECK(client.usage().to_peer.packets == 0);
    CHECK(client.usage().from_peer.packets == 0);
    CHECK(client.usage().to_peer.bytes + client.usage().from_peer.bytes == 0);
}

TEST_CASE("what is not sure goes to user space as it came, over IPv4", "[H13]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    for (const auto& refusals :
         {unrelated_packets(), odd_headers(), odd_lengths(), without_way_out(), without_route()}) {
        for (const Refusal& refusal : refusals) {
            KernelClient client{channel()};
            check_refused(entry, client, refusal);
        }
    }
}

TEST_CASE("what is not sure goes to user space as it came, over IPv6", "[H13]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    for (const Refusal& refusal : of_ipv6()) {
        KernelClient client{channel(true, true)};
        check_refused(entry, client, refusal);
    }
}

TEST_CASE("the largest that the way out takes is relayed", "[H13]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const bool v6 = GENERATE(false, true);
    KernelClient client{channel(v6, v6)};
    const Octets largest = some_payload(v6 ? 1448 : 1468);
    const Result result = run(entry, encode(client.from_peer(largest)));
    CHECK(result.fate == Fate::sent);
    CHECK(result.octets.size() == 1514);
    CHECK(result.frame().payload == channel_data(0x4001, largest));
}

TEST_CASE("every shorter piece of a packet goes to user space", "[H13]") {
    const EntryPoint entry = GENERATE(EntryPoint::xdp, EntryPoint::tc);
    const bool v6 = GENERATE(false, true);
    KernelClient client{channel(v6, v6)};
    const Octets whole = encode(client.from_client(some_payload(4)));
    for (std::size_t octets = 14; octets < whole.size(); ++octets) {
        INFO(octets);
        const protocol::Bytes piece = protocol::Bytes{whole}.first(octets);
        const auto result = try_run(entry, piece);
        if (!result) continue;  // BPF_PROG_TEST_RUN itself takes no frame as short as this
        CHECK(result->fate == Fate::passed);
        CHECK(result->octets == copy_of(piece));
    }
    CHECK(client.usage().to_peer.packets == 0);
}

TEST_CASE("several datagrams in one are for user space to part", "[H13]") {
    KernelClient client{channel()};
    const Octets frame = encode(client.from_peer(some_payload(1000)));
    __sk_buff context{};
    context.gso_segs = 2;
    context.gso_size = 500;
    const Result result = run(EntryPoint::tc, frame, &context);
    CHECK(result.fate == Fate::passed);
    CHECK(result.counted == passed_super_packet);
    CHECK(result.octets == frame);
}

TEST_CASE("tc leaves what is for another host alone", "[H13]") {
    KernelClient client{channel()};
    Frame frame = client.from_peer(some_payload(10));
    frame.to = {2, 0, 0, 0, 0, 0x77};
    const Result result = run(EntryPoint::tc, encode(frame));
    CHECK(result.fate == Fate::passed);
    CHECK_FALSE(result.counted);
}

TEST_CASE("XDP drops what it has no interface for, and says so", "[H13]") {
    KernelClient client{channel()};
    client.bound().hop_to_client = hop_elsewhere;
    client.install();
    const Result result = run(EntryPoint::xdp, encode(client.from_peer(some_payload(10))));
    CHECK(result.fate == Fate::dropped);
    CHECK(result.counted == drop_failed);
}

}  // namespace
}  // namespace turnpike::xdp
