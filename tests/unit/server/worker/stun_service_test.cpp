// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/stun_service.hpp"

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
using test::UdpSocket;

TEST_CASE("whoever does not know the password gets a challenge and nothing else",
          "[B2][B4][B5][B6][D1]") {
    RunningServer server;
    auto client = GENERATE(false, true) ? server.udp_client("alice", "wrong")
                                        : server.udp_client("nobody", "wonderland");
    CHECK(client.allocate()->error() == 401);
    CHECK(server->free_ports() == 100);
    CHECK(server.count(Counter::error_401) == 2);
    CHECK(server.count(Counter::unauthenticated_answers) == 2);
}

TEST_CASE("after a wrong password the right one serves on the same five-tuple", "[B9]") {
    RunningServer server;
    auto client = server.udp_client("alice", "wrong");
    REQUIRE(client.allocate()->error() == 401);
    client.use_password("wonderland");
    CHECK(client.allocate()->success());
}

TEST_CASE("every message and every error is counted by its kind") {
    RunningServer server;
    auto client = server.udp_client();
    REQUIRE(client.exchange(Method::binding));
    CHECK(client.request(Method::refresh)->error() == 437);
    REQUIRE(client.allocate());
    CHECK(client.allocate()->error() == 437);
    CHECK(client.request(Method::create_permission)->error() == 400);
    CHECK(server.count(Counter::message_binding) == 1);
    CHECK(server.count(Counter::message_refresh) == 2);  // with the challenge
    CHECK(server.count(Counter::message_allocate) == 2);
    CHECK(server.count(Counter::error_437) == 2);
    CHECK(server.count(Counter::error_400) == 1);
    CHECK(server.count(Counter::allocations_made) == 1);
}

TEST_CASE("a retransmitted Allocate gets the same answer and no second relay", "[D29][A35]") {
    RunningServer server;
    auto client = server.udp_client();
    REQUIRE(client.exchange(Method::allocate)->error() == 401);
    REQUIRE(client.allocate()->success());
    client.wire().send(client.last_request());
    const auto again = client.answer_to(client.last_request());
    REQUIRE(again);
    CHECK(*protocol::xor_relayed_address(again->message()) == client.relayed());
    CHECK(server->free_ports() == 99);
}

TEST_CASE("senders that prove nothing get no more answers than their budget", "[P1][threats]") {
    auto config = loopback_config();
    config.limits.unauthenticated_per_prefix_second = 10;
    RunningServer server{config};
    auto legitimate = server.udp_client();  // 127.0.0.2
    REQUIRE(legitimate.allocate());
    const UdpSocket flooder{endpoint("127.0.0.3:0")};  // of the same prefix
    const auto request = legitimate.build(protocol::MessageClass::request, Method::binding, {});
    for (int count = 0; count < 300; ++count) flooder.send(server.udp(), request);
    REQUIRE(server.reaches(Counter::message_binding, 300));
    CHECK(server.count(Counter::drop_unauthenticated_budget) >= 200);
    // Who has proved itself is answered all the same, and so is another prefix, and any stream.
    CHECK(legitimate.refresh(std::chrono::seconds{600}));
    SocketClient elsewhere{std::make_unique<test::UdpWire>(endpoint("127.0.1.1:0"), server.udp())};
    CHECK(elsewhere.exchange(Method::binding));
    CHECK(server.tcp_client().exchange(Method::binding));
}

TEST_CASE("an answer to a stranger is not much larger than the question", "[P1][threats]") {
    RunningServer server;
    auto client = server.udp_client();
    const auto binding = client.exchange(Method::binding);
    CHECK(binding->octets.size() <= 2 * 20);
    const auto challenge = client.exchange(Method::allocate, [](auto& builder) {
        builder.requested_transport(protocol::protocol_udp);
    });
    CHECK(challenge->error() == 401);
    CHECK(challenge->octets.size() <= 3 * 28 + 28);
}

}  // namespace
}  // namespace turnpike::worker
