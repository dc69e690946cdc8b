// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/reach.hpp"

#include "bench/load/failure.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

Access access_of(std::string_view uri) {
    Access access;
    access.uri = *protocol::Uri::parse(uri);
    return access;
}

TEST_CASE("a failure says its step, and its cause where that is known") {
    CHECK_THROWS_WITH(fail("Allocate", {.text = "401"}), "Allocate: 401");
    CHECK_THROWS_WITH(fail("resolve", {.text = "no", .cause = "a name"}), "resolve: no (a name)");
}

TEST_CASE("the server of a measurement over UDP is the first of its name") {
    CHECK(server_of(access_of("turn:127.0.0.1:99?transport=udp")).to_string() == "127.0.0.1:99");
    CHECK_THROWS_AS(server_of(access_of("turn:127.0.0.1?transport=tcp")), BadStart);
}

TEST_CASE("the peer that nobody sends to is on the peers' address, or towards the server") {
    const auto server = *protocol::Endpoint::parse("127.0.0.1:3478");
    CHECK(discarding_peer({}, server).to_string() == "127.0.0.1:9");
    Places elsewhere;
    elsewhere.peer_address = protocol::IpAddress::parse("192.0.2.1");
    CHECK(discarding_peer(elsewhere, server).to_string() == "192.0.2.1:9");
}

TEST_CASE("a client is bound to the address that is its turn, and reaches the server") {
    Places places;
    places.client_addresses = {*protocol::IpAddress::parse("127.0.0.2"),
                               *protocol::IpAddress::parse("::1")};
    const Access access = access_of("turn:127.0.0.1:9?transport=udp");
    CHECK(reach(access, places, 0).server().to_string() == "127.0.0.1:9");
    CHECK_THROWS_AS(reach(access, places, 1), BadStart);
}

TEST_CASE("more descriptors than there can be are said") {
    need_descriptors(10);
    CHECK_THROWS_AS(need_descriptors(std::size_t{1} << 40U), BadStart);
}

}  // namespace
}  // namespace turnpike::bench
