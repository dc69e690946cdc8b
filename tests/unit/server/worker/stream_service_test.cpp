// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/stream_service.hpp"

#include <chrono>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using protocol::Method;
using telemetry::Counter;
using test::endpoint;
using test::FromPeer;
using test::loopback_config;
using test::RunningServer;
using test::SocketClient;
using test::TcpWire;
using test::UdpSocket;

constexpr std::uint16_t channel = 0x4000;

TEST_CASE("requests that come in one segment are all answered", "[I4][I5]") {
    RunningServer server;
    auto client = server.tcp_client();
    std::vector<test::Octets> requests;
    test::Octets all;
    for (int count = 0; count < 20; ++count) {
        requests.push_back(client.build(protocol::MessageClass::request, Method::binding, {}));
        all.insert(all.end(), requests.back().begin(), requests.back().end());
    }
    client.wire().send(all);
    for (const auto& request : requests) {
        const auto answer = client.answer_to(request);
        REQUIRE(answer);
        CHECK(answer->success());
    }
}

TEST_CASE("a request is answered however it is split", "[I4]") {
    RunningServer server;
    auto client = server.tcp_client();
    const auto request = client.build(protocol::MessageClass::request, Method::binding, {});
    for (const std::byte& octet : request) client.wire().send({&octet, 1});
    CHECK(client.answer_to(request));
}

TEST_CASE("what is no message ends the connection", "[I7]") {
    RunningServer server;
    TcpWire wire{endpoint("127.0.0.2:0"), server.tcp()};
    wire.send(protocol::as_octets(
        GENERATE("GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01", "\x80\x80\x80\x80")));
    CHECK(wire.closed());
    CHECK(server.count(Counter::tcp_cut_malformed) == 1);
}

TEST_CASE("an answer that is owed comes after the client's half-close", "[I10]") {
    RunningServer server;
    auto client = server.tcp_client();
    auto& wire = dynamic_cast<TcpWire&>(client.wire());
    const auto request = client.build(protocol::MessageClass::request, Method::binding, {});
    wire.send(request);
    wire.half_close();
    CHECK(client.answer_to(request));
    CHECK(wire.closed());
}

TEST_CASE("a second allocation on one connection is a mismatch", "[I11]") {
    RunningServer server;
    auto client = server.tcp_client();
    REQUIRE(client.allocate()->success());
    CHECK(client.allocate()->error() == 437);
}

TEST_CASE("one address gets its share of connections and no more", "[I8]") {
    auto config = loopback_config();
    config.limits.tcp_connections_per_address = 2;
    RunningServer server{config};
    {
        auto one = server.tcp_client();
        auto two = server.tcp_client();
        REQUIRE(one.exchange(Method::binding));
        REQUIRE(two.exchange(Method::binding));
        TcpWire three{endpoint("127.0.0.2:0"), server.tcp()};
        CHECK(three.closed());
        TcpWire elsewhere{endpoint("127.0.0.3:0"), server.tcp()};
        SocketClient other{std::make_unique<TcpWire>(endpoint("127.0.0.4:0"), server.tcp())};
        CHECK(other.exchange(Method::binding));
    }
    REQUIRE(server.reaches(Counter::tcp_closed, 4));
    CHECK(server.count(Counter::tcp_refused) == 1);
    CHECK(server.tcp_client().exchange(Method::binding));
}

// Waits until so many packets were relayed to the client or dropped for it.
bool handles(const RunningServer& server, std::uint64_t sent) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (server.count(Counter::packets_to_client) + server.count(Counter::drop_slow_reader) <
           sent) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::yield();
    }
    return true;
}

TEST_CASE("a client that does not read loses data whole and keeps its stream in step", "[I9]") {
    auto config = loopback_config();
    config.limits.tcp_buffer_bytes = 65552;
    RunningServer server{config};
    SocketClient client{std::make_unique<TcpWire>(endpoint("127.0.0.2:0"), server.tcp(), 4096)};
    UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate());
    REQUIRE(client.bind(channel, peer.bound()));
    const std::string payload(30001, 'x');
    std::uint64_t sent = 0;
    while (server.count(Counter::drop_slow_reader) == 0) {
        peer.send(client.relayed(), payload);
        ++sent;
        REQUIRE(handles(server, sent));
    }
    const std::uint64_t relayed = server.count(Counter::packets_to_client);
    // Others are not kept waiting meanwhile.
    auto other = server.udp_client("bob", "builder");
    CHECK(other.exchange(Method::binding));
    for (std::uint64_t count = 0; count < relayed; ++count) {
        CHECK(client.data() == FromPeer{channel, {}, payload});
    }
    CHECK(client.refresh(std::chrono::seconds{600}));
}

TEST_CASE("a client that asks and never reads is cut", "[I9][threats]") {
    auto config = loopback_config();
    config.limits.tcp_buffer_bytes = 65552;
    RunningServer server{config};
    SocketClient client{std::make_unique<TcpWire>(endpoint("127.0.0.2:0"), server.tcp(), 4096)};
    test::Octets all;
    for (int count = 0; count < 1000; ++count) {
        const auto request = client.build(protocol::MessageClass::request, Method::binding, {});
        all.insert(all.end(), request.begin(), request.end());
    }
    while (server.count(Counter::tcp_cut_slow_reader) == 0) client.wire().send(all);
    CHECK(dynamic_cast<TcpWire&>(client.wire()).closed());
}

TEST_CASE("the connections of several workers count together", "[I8]") {
    auto config = loopback_config();
    config.server.workers = 3;
    config.limits.tcp_connections = 4;
    RunningServer server{config};
    std::vector<SocketClient> clients;
    for (int count = 0; count < 4; ++count) {
        REQUIRE(clients.emplace_back(server.tcp_client()).exchange(Method::binding));
    }
    TcpWire late{endpoint("127.0.0.3:0"), server.tcp()};
    CHECK(late.closed());
}

TEST_CASE("a connection that closes takes its allocation with it", "[D37][X27]") {
    RunningServer server;
    auto client = server.tcp_client();
    REQUIRE(client.allocate());
    client.hang_up();
    REQUIRE(server.reaches(Counter::tcp_closed, 1));
    CHECK(server.count(Counter::allocations_ended_disconnected) == 1);
    CHECK(server->free_ports() == 100);
}

TEST_CASE("a connection that stays idle without an allocation is cut", "[I8]") {
    auto config = loopback_config();
    config.limits.tcp_idle = std::chrono::seconds{1};
    RunningServer server{config};
    auto idle = server.tcp_client();
    auto busy = server.tcp_client();
    REQUIRE(busy.allocate());
    REQUIRE(idle.exchange(Method::binding));
    CHECK(dynamic_cast<TcpWire&>(idle.wire()).closed());
    CHECK(server.count(Counter::tcp_cut_idle) == 1);
    CHECK(busy.exchange(Method::binding));
}

}  // namespace
}  // namespace turnpike::worker
