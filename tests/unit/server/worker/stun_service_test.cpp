// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/stun_service.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"
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

TEST_CASE("RFC 3489 is answered over UDP, where the option says so", "[A8][X17]") {
    auto config = loopback_config();
    config.server.rfc3489 = GENERATE(false, true);
    RunningServer server{config};
    const UdpSocket client{endpoint("127.0.0.2:0")};
    const auto request = test::hex("00010000 00112233445566778899aabbccddeeff");
    client.send(server.udp(), request);
    if (config.server.rfc3489) {
        const auto answer = client.receive();
        REQUIRE(answer);
        CHECK(answer->source == server.udp());
        CHECK(answer->payload.substr(0, 20) ==
              "\x01\x01" + std::string{"\0\x0c", 2} +
                  std::string{protocol::as_text(request)}.substr(4));
        CHECK(server.count(Counter::message_binding) == 1);
    } else {
        REQUIRE(server.reaches(Counter::drop_malformed, 1));
        CHECK_FALSE(client.receive(std::chrono::milliseconds{0}));
    }
    // On a stream it breaks the framing, as anything does that has no cookie.
    test::TcpWire stream{endpoint("127.0.0.2:0"), server.tcp()};
    stream.send(request);
    CHECK(stream.closed());
}

// Discovery on two addresses of this process, beside the ordinary listeners.
config::Config discovering(std::uint32_t workers) {
    auto config = loopback_config();
    config.discovery.addresses = {test::own_loopback(1), test::own_loopback(2)};
    config.server.workers = workers;
    return config;
}

std::string ask(const UdpSocket& client, const protocol::Endpoint& server,
                std::string_view octets) {
    client.send(server, test::hex(octets));
    const auto answer = client.receive();
    return answer ? answer->source.to_string() : "nobody";
}

TEST_CASE("CHANGE-REQUEST has the answer come from where it says, whichever worker it reached",
          "[O2][O3][rfc5780-6.1]") {
    RunningServer server{discovering(GENERATE(1U, 4U))};
    const auto [one, two] = std::pair{test::own_loopback(1), test::own_loopback(2)};
    for (int clients = 0; clients < 8; ++clients) {
        const UdpSocket client{endpoint("127.0.0.2:0")};
        const auto asked = [&](std::string_view flags) {
            return ask(
                client, {two, 3479},
                "00010008 2112a442 000102030405060708090a0b 00030004000000" + std::string{flags});
        };
        CHECK(asked("00") == protocol::Endpoint{two, 3479}.to_string());
        CHECK(asked("02") == protocol::Endpoint{two, 3478}.to_string());
        CHECK(asked("04") == protocol::Endpoint{one, 3479}.to_string());
        CHECK(asked("06") == protocol::Endpoint{one, 3478}.to_string());
    }
}

TEST_CASE("a wildcard listener and discovery share a port", "[O2]") {
    auto config = discovering(2);
    config.listen.udp = {{{}, 3478}};
    config.listen.udp.front().address = protocol::IpAddress::v4(0);
    config.listen.udp.front().port = 20000 + static_cast<std::uint16_t>(::getpid() % 10000);
    config.discovery.ports = {config.listen.udp.front().port, 3479};
    RunningServer server{config};
    REQUIRE(server->udp().size() == 5);
    const UdpSocket client{endpoint("127.0.0.2:0")};
    const protocol::Endpoint asked{test::own_loopback(1), config.listen.udp.front().port};
    CHECK(ask(client, asked, "00010008 2112a442 000102030405060708090a0b 0003000400000006") ==
          protocol::Endpoint{test::own_loopback(2), 3479}.to_string());
}

TEST_CASE("RESPONSE-PORT sends the answer to that port, where allowed", "[O4][O8]") {
    auto config = discovering(1);
    config.discovery.response_port = true;
    RunningServer server{config};
    const UdpSocket client{endpoint("127.0.0.2:0")};
    const UdpSocket beside{endpoint("127.0.0.2:0")};
    auto request = test::hex("00010008 2112a442 000102030405060708090a0b 0027000400000000");
    request[24] = static_cast<std::byte>(beside.bound().port >> 8U);
    request[25] = static_cast<std::byte>(beside.bound().port);
    client.send({test::own_loopback(1), 3478}, request);
    CHECK(beside.receive());
    CHECK_FALSE(client.receive(std::chrono::milliseconds{0}));
}

TEST_CASE("answers that a request sends elsewhere have the same budget", "[O8][P1][threats]") {
    auto config = discovering(1);
    config.limits.unauthenticated_per_prefix_second = 10;
    RunningServer server{config};
    const UdpSocket flooder{endpoint("127.0.0.3:0")};
    const auto request = test::hex("00010008 2112a442 000102030405060708090a0b 0003000400000006");
    for (int count = 0; count < 300; ++count) {
        flooder.send({test::own_loopback(1), 3478}, request);
    }
    REQUIRE(server.reaches(Counter::message_binding, 300));
    CHECK(server.count(Counter::drop_unauthenticated_budget) >= 200);
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
