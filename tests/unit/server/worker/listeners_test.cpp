// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/listeners.hpp"

#include <sys/socket.h>

#include <array>
#include <cstdio>

#include "server/net/socket_options.hpp"
#include "server/net/udp_listener.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Endpoint;
using protocol::Method;
using test::endpoint;
using test::own_loopback;
using test::RunningServer;
using test::SocketClient;
using test::UdpWire;

Endpoint free_udp_port() {
    const test::UdpSocket probe{endpoint("127.0.0.1:0")};
    return {own_loopback(7), probe.bound().port};
}

bool answers(const Endpoint& server) {
    SocketClient client{std::make_unique<UdpWire>(endpoint("127.0.0.2:0"), server)};
    return client.exchange(Method::binding).has_value();
}

TEST_CASE("the endpoints of a configuration stand in their order, those of discovery after them") {
    config::Config config;
    config.listen.udp = {endpoint("192.0.2.1:3478")};
    config.listen.dtls = {endpoint("192.0.2.1:5349")};
    config.listen.automatic = {endpoint("192.0.2.1:443")};
    config.listen.tls = {endpoint("192.0.2.1:5349")};
    config.discovery.addresses = {endpoint("192.0.2.1:0").address, endpoint("192.0.2.2:0").address};
    config.discovery.ports = {3478, 3479};
    const Endpoints all = endpoints_of(config);
    REQUIRE(all.udp.size() == 6);
    CHECK(all.udp[1].endpoint == endpoint("192.0.2.1:3479"));
    CHECK(all.udp[4].serves == Serves::dtls);
    CHECK(all.udp[5].serves == Serves::both);
    REQUIRE(all.tcp.size() == 2);
    CHECK(all.tcp[0].entrance == Entrance::secured);
    CHECK(all.tcp[1].entrance == Entrance::automatic);
}

TEST_CASE("a listener that a reload adds serves at once, on UDP and TCP") {
    auto config = test::loopback_config();
    config.server.workers = 2;
    RunningServer server{config};
    const Endpoint added = free_udp_port();
    config.listen.udp.push_back(added);
    config.listen.tcp.push_back(added);
    REQUIRE(server.apply(config).empty());
    CHECK(answers(added));
    SocketClient client{std::make_unique<test::TcpWire>(endpoint("127.0.0.2:0"), added)};
    CHECK(client.allocate()->success());
}

TEST_CASE("a listener that is taken away lets nobody new in and serves whom it has") {
    auto config = test::loopback_config();
    const Endpoint going = free_udp_port();
    config.listen.udp.push_back(going);
    RunningServer server{config};
    SocketClient client{std::make_unique<UdpWire>(endpoint("127.0.0.2:0"), going)};
    REQUIRE(client.allocate()->success());
    config.listen.udp.pop_back();
    REQUIRE(server.apply(config).empty());
    CHECK(client.refresh(600s));
    UdpWire stranger{endpoint("127.0.0.2:0"), going};
    stranger.send(client.last_request());
    CHECK(server.reaches(telemetry::Counter::drop_not_turn, 1));
    CHECK(client.refresh(600s));
    // Back again before it was closed.
    config.listen.udp.push_back(going);
    REQUIRE(server.apply(config).empty());
    CHECK(answers(going));
    CHECK(client.refresh(600s));
}

TEST_CASE("a TCP listener that is taken away keeps its connections") {
    auto config = test::loopback_config();
    const Endpoint going = free_udp_port();
    config.listen.tcp.push_back(going);
    RunningServer server{config};
    SocketClient client{std::make_unique<test::TcpWire>(endpoint("127.0.0.2:0"), going)};
    REQUIRE(client.allocate()->success());
    config.listen.tcp.pop_back();
    REQUIRE(server.apply(config).empty());
    CHECK(client.refresh(600s));
    // The port is free as soon as the worker has carried out its order.
    (void)server.sessions();
    CHECK_FALSE(net::probe(going, SOCK_STREAM));
}

TEST_CASE("an endpoint that cannot be had changes nothing and says why") {
    auto config = test::loopback_config();
    RunningServer server{config};
    const test::UdpSocket holder{endpoint("127.0.0.9:0")};
    const Endpoint added = free_udp_port();
    config.listen.udp = {added, holder.bound()};
    config.users.clear();
    CHECK_THAT(server.apply(config), Catch::Matchers::Contains("another program"));
    CHECK_FALSE(net::probe(added, SOCK_DGRAM));
    CHECK(server.udp_client().allocate()->success());
}

TEST_CASE("a certificate that cannot be read changes nothing") {
    auto config = test::loopback_config();
    RunningServer server{config};
    config.listen.tls = {{own_loopback(1), 0}};
    config.listen.certificate = "/nowhere/cert.pem";
    config.listen.private_key = "/nowhere/key.pem";
    const Endpoint added = free_udp_port();
    config.listen.udp.push_back(added);
    config.listen.tcp.push_back(added);
    config.users.clear();
    CHECK_THAT(server.apply(config), Catch::Matchers::Contains("/nowhere/cert.pem"));
    CHECK(server.udp_client().allocate()->success());
    CHECK(server->tls().empty());
    // Nobody listens there, not even without serving.
    CHECK_FALSE(net::probe(added, SOCK_DGRAM));
    CHECK_FALSE(net::probe(added, SOCK_STREAM));
}

TEST_CASE("what was passed by a socket unit can be had again after a change that was refused") {
    std::FILE* file = std::tmpfile();
    {
        telemetry::Log log{{.descriptor = ::fileno(file)}};
        auto passed = net::open_udp_listener(endpoint("127.0.0.1:0"));
        REQUIRE(passed.has_value());
        const int descriptor = passed->release();
        const Endpoint where = net::bound_to(descriptor);
        std::vector<int> served;
        Listeners listeners{{.workers = 1,
                             .deliver =
                                 [&](WorkerIndex, Order order) {
                                     const auto* listen = std::get_if<ListenUdp>(&order);
                                     if (listen != nullptr) served.push_back(listen->socket.get());
                                     return true;
                                 },
                             .post = [](const std::function<void()>&) {},
                             .inherited = net::InheritedSockets{std::array{descriptor}}},
                            log};
        Endpoints wanted;
        wanted.udp = {{where, Serves::plain}};
        REQUIRE(listeners.prepare(wanted).has_value());
        const test::UdpSocket holder{endpoint("127.0.0.9:0")};
        Endpoints bad = wanted;
        bad.udp.push_back({holder.bound(), Serves::plain});
        CHECK_FALSE(listeners.prepare(bad).has_value());
        REQUIRE(listeners.prepare(wanted).has_value());
        listeners.commit();
        CHECK(served == std::vector<int>{descriptor});
    }
    std::fclose(file);
}

TEST_CASE("all addresses of a port and one of them do not change places while the server runs") {
    auto config = test::loopback_config();
    const Endpoint one = free_udp_port();
    config.listen.udp.push_back(one);
    RunningServer server{config};
    config.listen.udp.back() = {*protocol::IpAddress::parse("0.0.0.0"), one.port};
    CHECK_THAT(server.apply(config), Catch::Matchers::Contains("restart it for this change"));
    CHECK(answers(one));
}

}  // namespace
}  // namespace turnpike::worker
