// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/datagram_service.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using protocol::Method;
using telemetry::Counter;
using test::endpoint;
using test::loopback_config;
using test::RunningServer;
using test::SocketClient;

TEST_CASE("a Binding request is answered with the address that it came from",
          "[C1][A31][rfc8489-12]") {
    RunningServer server;
    const bool stream = GENERATE(false, true);
    auto client = stream ? server.tcp_client() : server.udp_client();
    const auto answer = client.exchange(Method::binding);
    REQUIRE(answer);
    CHECK(answer->success());
    CHECK(*protocol::xor_mapped_address(answer->message()) == client.wire().local());
}

TEST_CASE("a wildcard listener answers from the address that was sent to",
          "[A31][rfc8489-6.3.1.2]") {
    auto config = loopback_config();
    config.listen.udp = {endpoint("0.0.0.0:0")};
    RunningServer server{config};
    // The client takes only what comes from where it sent to.
    SocketClient client{std::make_unique<test::UdpWire>(
        endpoint("127.0.0.2:0"),
        protocol::Endpoint{*protocol::IpAddress::parse("127.0.0.77"), server.udp().port})};
    const auto answer = client.exchange(Method::binding);
    REQUIRE(answer);
    CHECK(answer->success());
}

TEST_CASE("IPv6 clients are served on their own listener", "[C1][K1]") {
    auto config = loopback_config();
    config.listen.udp = {endpoint("[::1]:0"), endpoint("[::]:0")};
    RunningServer server{config};
    for (const auto& listener : server->udp()) {
        SocketClient client{std::make_unique<test::UdpWire>(
            endpoint("[::1]:0"),
            protocol::Endpoint{*protocol::IpAddress::parse("::1"), listener.port})};
        const auto answer = client.exchange(Method::binding);
        REQUIRE(answer);
        CHECK(*protocol::xor_mapped_address(answer->message()) == client.wire().local());
    }
}

TEST_CASE("what is no message of TURN is dropped in silence", "[A4][A32][G15]") {
    RunningServer server;
    const test::UdpSocket client{endpoint("127.0.0.2:0")};
    client.send(server.udp(), "");
    client.send(server.udp(), "\x16 looks like DTLS");
    client.send(server.udp(), "\x80 looks like RTP");
    client.send(server.udp(), std::string_view{"\x00\x01 too short", 12});
    client.send(server.udp(), std::string_view{"\x40\x00\x00\x04"
                                               "data",
                                               8});
    auto other = server.udp_client();
    REQUIRE(other.exchange(Method::binding));
    REQUIRE(server.reaches(Counter::drop_not_turn, 3));
    REQUIRE(server.reaches(Counter::drop_malformed, 1));
    REQUIRE(server.reaches(Counter::drop_no_allocation, 1));
    CHECK_FALSE(client.receive(std::chrono::milliseconds{0}));
}

TEST_CASE("a flood at one listener leaves the others their turn", "[P7]") {
    auto config = loopback_config();
    config.listen.udp.push_back(config.listen.udp.front());
    RunningServer server{config};
    const test::UdpSocket flooder{endpoint("127.0.0.2:0")};
    for (int count = 0; count < 2000; ++count) flooder.send(server->udp()[0], "junk");
    SocketClient client{std::make_unique<test::UdpWire>(endpoint("127.0.0.3:0"), server->udp()[1])};
    CHECK(client.exchange(Method::binding));
}

}  // namespace
}  // namespace turnpike::worker
