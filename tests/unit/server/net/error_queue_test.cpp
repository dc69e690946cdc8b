// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/error_queue.hpp"

#include "server/net/relay_socket.hpp"
#include "server/net/send_batch.hpp"
#include "server/net/socket_options.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

using protocol::Icmp;
using test::endpoint;
using test::UdpSocket;

TEST_CASE("an error names the peer that the datagram was for, its type and its code", "[M1][M2]") {
    const bool v6 = GENERATE(false, true);
    const auto any = endpoint(v6 ? "[::1]:0" : "127.0.0.1:0");
    const auto relay = open_relay_socket(any);
    const auto nobody = UdpSocket{any}.bound();  // closed again
    const auto noone = UdpSocket{any}.bound();
    CHECK_FALSE(next_icmp_error(relay->get()));
    SendBatch batch;
    batch.add({relay->get(), nobody, {}, protocol::as_octets("x")});
    batch.add({relay->get(), noone, {}, protocol::as_octets("y")});
    CHECK(batch.flush() == 0);
    // Port unreachable is type 3, code 3 of ICMPv4, and type 1, code 4 of ICMPv6.
    const Icmp unreachable = v6 ? Icmp{.type = 1, .code = 4} : Icmp{.type = 3, .code = 3};
    for (const auto& peer : {nobody, noone}) {
        const auto error = next_icmp_error(relay->get());
        REQUIRE(error);
        CHECK(error->peer == peer);
        CHECK(error->icmp == unreachable);
    }
    CHECK_FALSE(next_icmp_error(relay->get()));
}

TEST_CASE("what the host itself has to say of a datagram is no ICMP", "[M1]") {
    const auto relay = open_relay_socket(endpoint("127.0.0.1:0"));
    const auto nobody = UdpSocket{endpoint("127.0.0.1:0")}.bound();
    set_dont_fragment(relay->get(), protocol::Family::ipv4, true);
    const test::Octets larger_than_udp(65510);
    SendBatch batch;
    batch.add({relay->get(), nobody, {}, larger_than_udp});  // refused, and put into the queue
    batch.add({relay->get(), nobody, {}, {}});
    (void)batch.flush();
    const auto error = next_icmp_error(relay->get());
    REQUIRE(error);
    CHECK(error->icmp == Icmp{.type = 3, .code = 3});
    CHECK_FALSE(next_icmp_error(relay->get()));
}

}  // namespace
}  // namespace turnpike::net
