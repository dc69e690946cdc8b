// SPDX-License-Identifier: BSD-3-Clause
//
// How a server starts and stops; what it does meanwhile is told beside each of its parts.
#include "server/worker/server.hpp"

#include <csignal>
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

TEST_CASE("SIGTERM ends the server cleanly") {
    telemetry::Log log{{.level = telemetry::Level::error}};
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
    telemetry::Log log{{.level = telemetry::Level::error}};
    Server server{loopback_config(), log};
    server.stop();
    server.run();
    CHECK(server.free_ports() == 100);
}

}  // namespace
}  // namespace turnpike::worker
