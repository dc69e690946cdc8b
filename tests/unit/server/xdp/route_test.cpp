// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/route.hpp"

#include <cstring>

#include "tests/support/catch.hpp"
#include "tests/support/kernel_packet.hpp"

namespace turnpike::xdp {
namespace {

using test::internet_sum;
using test::Octets;

protocol::Endpoint at(std::string_view text) {
    return protocol::Endpoint::parse(text).value();
}

template <typename Value>
protocol::Bytes octets_of(const Value& value) {
    return std::as_bytes(std::span{&value, 1});
}

// As a number of the wire's order, from one of the machine's.
std::uint32_t big(std::uint16_t word) {
    return static_cast<std::uint32_t>(test::number_at(octets_of(word), 0, 2));
}

Route some_route() {
    return {.remote = at("203.0.113.9:40000"),
            .local = at("192.0.2.1:3478"),
            .channel = 0x4001,
            .source = at("[2001:db8::1]:50000"),
            .destination = at("[2001:db8:ffff:fffe::7]:65535"),
            .expires = protocol::TimePoint{std::chrono::nanoseconds{12345}},
            .allocation = protocol::AllocationId{7},
            .session = 3,
            .hop = 4};
}

TEST_CASE("a key has addresses, ports and channel as the wire has them") {
    CHECK(test::to_hex(octets_of(key_of(some_route()))) ==
          "00000000000000000000ffffcb007109"
          "00000000000000000000ffffc0000201"
          "9c400d9640010000");
}

TEST_CASE("an entry says what is written, and until when") {
    const RouteEntry entry = entry_of(some_route());
    CHECK(test::to_hex(octets_of(entry.source)) == "20010db8000000000000000000000001");
    CHECK(test::to_hex(octets_of(entry.destination)) == "20010db8fffffffe0000000000000007");
    CHECK(big(entry.source_port) == 50000);
    CHECK(big(entry.destination_port) == 65535);
    CHECK(entry.channel == 0);
    CHECK(entry.flags == route_to_v6);
    CHECK(entry.expires_ns == 12345);
    CHECK(entry.allocation == 7);
    CHECK(entry.session == 3);
    CHECK(entry.hop == 4);
}

TEST_CASE("the sums turn a checksum of what is found into one of what is written", "[rfc1071]") {
    Route route = some_route();
    if (GENERATE(false, true)) std::swap(route.source, route.remote);
    if (GENERATE(false, true)) std::swap(route.local, route.destination);
    const RouteKey key = key_of(route);
    const RouteEntry entry = entry_of(route);
    const auto sum_of = [](const auto&... each) {
        Octets all;
        for (const protocol::Bytes octets : {octets_of(each)...}) {
            all.insert(all.end(), octets.begin(), octets.end());
        }
        return std::uint32_t{internet_sum(all)};
    };
    CHECK(big(entry.key_sum) == sum_of(key.remote, key.local));
    CHECK((sum_of(key.remote, key.local) + big(entry.address_sum)) % 0xFFFF ==
          sum_of(entry.source, entry.destination) % 0xFFFF);
    CHECK((sum_of(key.remote_port, key.local_port) + big(entry.port_sum)) % 0xFFFF ==
          sum_of(entry.source_port, entry.destination_port) % 0xFFFF);
}

TEST_CASE("a fingerprint is that of its key, and of no other") {
    const Route route = some_route();
    const RouteKey key = key_of(route);
    CHECK(entry_of(route).fingerprint == fingerprint_of(&key));
    for (std::size_t octet = 0; octet < sizeof key - 2; ++octet) {
        RouteKey other = key;
        reinterpret_cast<unsigned char*>(&other)[octet] ^= 1U;
        CHECK(fingerprint_of(&other) != fingerprint_of(&key));
    }
}

BoundChannel bound_channel() {
    BoundChannel bound;
    bound.client = at("203.0.113.9:40000");
    bound.server = at("10.0.0.5:3478");
    bound.relayed = at("192.0.2.1:50000");
    bound.relayed_inner = at("10.0.0.5:50000");
    bound.peer = at("198.51.100.7:7000");
    bound.number = 0x4001;
    bound.hop_to_peer = 1;
    bound.hop_to_client = 2;
    return bound;
}

TEST_CASE("behind 1:1 NAT the inner addresses are on the wire") {
    const Route up = route_to_peer(bound_channel());
    CHECK(up.remote == at("203.0.113.9:40000"));
    CHECK(up.local == at("10.0.0.5:3478"));
    CHECK(up.channel == 0x4001);
    CHECK(up.source == at("10.0.0.5:50000"));
    CHECK(up.destination == at("198.51.100.7:7000"));
    CHECK(up.channel_written == 0);
    CHECK(up.hop == 1);
    CHECK_FALSE(up.hairpin);
    const Route down = route_to_client(bound_channel());
    CHECK(down.remote == at("198.51.100.7:7000"));
    CHECK(down.local == at("10.0.0.5:50000"));
    CHECK(down.channel == 0);
    CHECK(down.source == at("10.0.0.5:3478"));
    CHECK(down.destination == at("203.0.113.9:40000"));
    CHECK(down.channel_written == 0x4001);
    CHECK(down.hop == 2);
}

TEST_CASE("what one side of a hairpin writes is what the other is found by") {
    BoundChannel one = bound_channel();
    one.peer = at("192.0.2.1:50001");
    one.peer_inner = at("10.0.0.5:50001");
    BoundChannel other = bound_channel();
    other.relayed.port = other.relayed_inner.port = 50001;
    other.peer = at("192.0.2.1:50000");
    other.peer_inner = at("10.0.0.5:50000");
    const Route written = route_to_peer(one);
    CHECK(written.hairpin);
    CHECK(written.source == route_to_client(other).remote);
    CHECK(written.destination == route_to_client(other).local);
}

}  // namespace
}  // namespace turnpike::xdp
