// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/udp_sockets.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

protocol::Endpoint at(const char* text) {
    return *protocol::Endpoint::parse(text);
}

const auto client = at("192.0.2.10:50000");

TEST_CASE("an answer leaves through the socket that is bound to its endpoint", "[O3][A31]") {
    UdpSockets sockets;
    sockets.add(at("0.0.0.0:3478"), 3);
    sockets.add(at("192.0.2.1:3478"), 4);
    const auto link = sockets.link(at("192.0.2.1:3478"), client);
    REQUIRE(link);
    CHECK(link->socket == 4);
    CHECK(link->client == client);
    CHECK(link->source.is_unspecified());
}

TEST_CASE("or through the wildcard's, naming its source", "[A31]") {
    UdpSockets sockets;
    sockets.add(at("[::]:3478"), 2);
    sockets.add(at("0.0.0.0:3479"), 3);
    sockets.add(at("0.0.0.0:3478"), 4);
    const auto link = sockets.link(at("192.0.2.1:3478"), client);
    REQUIRE(link);
    CHECK(link->socket == 4);
    CHECK(link->source == at("192.0.2.1:1").address);
    CHECK_FALSE(sockets.link(at("192.0.2.1:3480"), client));
    sockets.clear();
    CHECK_FALSE(sockets.link(at("192.0.2.1:3478"), client));
}

}  // namespace
}  // namespace turnpike::worker
