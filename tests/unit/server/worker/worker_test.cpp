// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/worker.hpp"

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
using test::UdpSocket;

TEST_CASE("clients of every worker are served, whichever the kernel chose for them", "[P7]") {
    auto config = loopback_config();
    config.server.workers = 3;
    RunningServer server{config};
    constexpr int count = 24;
    std::vector<SocketClient> clients;
    UdpSocket peer{endpoint("127.0.0.3:0")};
    for (int index = 0; index < count; ++index) {
        auto& client =
            clients.emplace_back(index % 2 == 0 ? server.udp_client() : server.tcp_client());
        REQUIRE(client.exchange(Method::binding));
    }
    CHECK(server.count(Counter::message_binding) == count);
    for (int index = 0; index < 8; ++index) {
        SocketClient& client = clients[static_cast<std::size_t>(index)];
        REQUIRE(client.allocate()->success());
        REQUIRE(client.permit(peer.bound()));
        peer.send(client.relayed(), std::to_string(index));
        CHECK(client.data() == FromPeer{0, peer.bound(), std::to_string(index)});
    }
}

TEST_CASE("clients that come and go under load leave nothing behind", "[P7][threats]") {
    auto config = loopback_config();
    config.server.workers = 2;
    config.limits.allocations_per_user = 0;
    RunningServer server{config};
    for (int round = 0; round < 20; ++round) {
        auto one = server.tcp_client();
        auto two = server.udp_client();
        REQUIRE(one.allocate()->success());
        REQUIRE(two.allocate()->success());
        REQUIRE(one.permit(two.relayed()));
        REQUIRE(two.permit(one.relayed()));
        // The one goes while data is on its way to it.
        for (int count = 0; count < 10; ++count) two.send(one.relayed(), "into the void");
        one.hang_up();
        REQUIRE(two.refresh(std::chrono::seconds{0}));
    }
    REQUIRE(server.reaches(Counter::allocations_ended_disconnected, 20));
    CHECK(server.count(Counter::allocations_ended_deleted) == 20);
    CHECK(server->free_ports() == 100);
}

}  // namespace
}  // namespace turnpike::worker
