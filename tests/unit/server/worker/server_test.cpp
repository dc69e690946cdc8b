// SPDX-License-Identifier: BSD-3-Clause
//
// How a server starts and stops; what it does meanwhile is told beside each of its parts.
#include "server/worker/server.hpp"

#include <atomic>
#include <csignal>
#include <future>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using telemetry::Counter;
using test::endpoint;
using test::loopback_config;
using test::RunningServer;
using test::UdpSocket;

using Catch::Matchers::Contains;

TEST_CASE("an address that another program holds stops the start and says what to do") {
    auto config = loopback_config();
    const UdpSocket holder{endpoint("127.0.0.9:0")};
    config.listen.udp = {holder.bound()};
    telemetry::Log log{{}};
    CHECK_THROWS_WITH((Server{config, log}),
                      Contains(holder.bound().to_string()) && Contains("another program"));
}

TEST_CASE("an address that this host lacks stops the start and says so") {
    auto config = loopback_config();
    config.listen.tcp = {endpoint("192.0.2.1:3478")};
    telemetry::Log log{{}};
    CHECK_THROWS_WITH((Server{config, log}),
                      Contains("TCP 192.0.2.1:3478") && Contains("no such address"));
}

TEST_CASE("every listener is told when the server is ready") {
    auto config = loopback_config();
    config.listen.udp.push_back(endpoint("[::1]:0"));
    RunningServer server{config};
    const auto udp = server->udp();
    REQUIRE(udp.size() == 2);
    const std::string log = server.log();
    CHECK_THAT(log, Contains("server ready"));
    for (const auto& each : udp) CHECK_THAT(log, Contains(each.to_string()));
    CHECK_THAT(log, Contains("server stopped"));
}

TEST_CASE(
    "where the server is ready it says what it stores in, where it is managed and who it is") {
    auto config = loopback_config();
    config.storage.url = "";
    config.admin.listen = "unix:/run/turnpike/admin.sock";
    config.server.node = "relay-9";
    config.server.packet_io = config::PacketIo::plain;
    RunningServer server{config};
    CHECK_THAT(server.log(), Contains("storage=none journal=\"\" packet_io=plain acceleration=none "
                                      "admin=unix:/run/turnpike/admin.sock node=relay-9 version="));
}

TEST_CASE("SIGTERM ends the server cleanly") {
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
    Server server{loopback_config(), log};
    std::thread signaller{[&] {
        // What answers handles signals already.
        test::SocketClient client{
            std::make_unique<test::UdpWire>(endpoint("127.0.0.2:0"), server.udp().front())};
        if (client.exchange(protocol::Method::binding)) ::kill(::getpid(), SIGTERM);
    }};
    server.run();
    signaller.join();
    CHECK(server.counters()[static_cast<std::size_t>(Counter::message_binding)] == 1);
}

TEST_CASE("a server that was stopped before it ran returns at once") {
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
    Server server{loopback_config(), log};
    server.stop();
    server.run();
    CHECK(server.free_ports() == 100);
}

TEST_CASE("a drain lets nobody new in, and ends with the last allocation") {
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
    Server server{loopback_config(), log};
    std::vector<Drain::State> states;
    std::thread runner{[&] {
        server.run({.tick = [&](const Server::Status& status) { states.push_back(status.state); }});
    }};
    const auto client_of = [&](std::string user, std::string password) {
        return test::SocketClient{
            std::make_unique<test::UdpWire>(endpoint("127.0.0.2:0"), server.udp().front()),
            std::move(user), std::move(password)};
    };
    auto alice = client_of("alice", "wonderland");
    REQUIRE(alice.allocate()->success());
    server.drain(std::chrono::seconds{600});
    // The order of what the thread in run() does is the order in which it was asked.
    std::promise<void> drained;
    server.post([&] { drained.set_value(); });
    drained.get_future().wait();
    CHECK(server.status().state == Drain::State::draining);
    CHECK(server.status().allocations == 1);
    CHECK(server.status().left > std::chrono::seconds{500});
    CHECK(client_of("bob", "builder").allocate()->error() == 508);
    CHECK(alice.refresh(std::chrono::seconds{600}));
    CHECK(alice.refresh(std::chrono::seconds{0}));
    runner.join();
    CHECK(states.back() == Drain::State::over);
    CHECK(server.counters()[static_cast<std::size_t>(Counter::allocations_ended_deleted)] == 1);
}

TEST_CASE("a drain sends new clients to another server where there is one", "[D18]") {
    auto config = loopback_config();
    config::AlternateServer other;
    other.address = endpoint("192.0.2.2:3478");
    config.redirect.servers = {other};
    RunningServer server{config};
    auto alice = server.udp_client();
    REQUIRE(alice.allocate()->success());
    server->drain(std::chrono::seconds{600});
    std::promise<void> drained;
    server->post([&] { drained.set_value(); });
    drained.get_future().wait();
    CHECK(server.udp_client("bob", "builder").allocate()->error() == 300);
}

TEST_CASE("a server that is asked to drain again and again ends all the same") {
    std::atomic<std::size_t> heard{0};
    RunningServer server;
    const auto until = std::chrono::steady_clock::now() + test::patience;
    const auto goes_on = [&] {
        return server->status().state != Drain::State::over &&
               std::chrono::steady_clock::now() < until;
    };
    for (std::size_t asked = 1; goes_on(); ++asked) {
        server->drain(std::chrono::seconds{600});
        server->post([&] { ++heard; });
        while (heard < asked && goes_on()) std::this_thread::yield();
    }
    CHECK(server->status().state == Drain::State::over);
}

TEST_CASE("a drain ends at its deadline with everything ended") {
    telemetry::Log log{{.levels = telemetry::LogLevels{telemetry::Level::error}}};
    Server server{loopback_config(), log};
    std::thread runner{[&] { server.run(); }};
    test::SocketClient client{
        std::make_unique<test::UdpWire>(endpoint("127.0.0.2:0"), server.udp().front())};
    REQUIRE(client.allocate()->success());
    server.drain(std::chrono::seconds{0});
    runner.join();
    CHECK(server.counters()[static_cast<std::size_t>(Counter::allocations_ended_shutdown)] == 1);
    CHECK(server.free_ports() == 100);
}

TEST_CASE("workers that turn are not stuck") {
    RunningServer server;
    REQUIRE(server.udp_client().exchange(protocol::Method::binding));
    CHECK(server->status().stuck == 0);
}

}  // namespace
}  // namespace turnpike::worker
