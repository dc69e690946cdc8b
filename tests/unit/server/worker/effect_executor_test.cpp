// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/effect_executor.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using protocol::Method;
using telemetry::Counter;
using test::endpoint;
using test::loopback_config;
using test::RunningServer;
using test::UdpSocket;

using Catch::Matchers::Contains;

constexpr std::uint16_t channel = 0x4000;

TEST_CASE("the log tells of every allocation from its beginning to its end", "[P8]") {
    RunningServer server;
    {
        auto client = server.udp_client();
        UdpSocket peer{endpoint("127.0.0.3:0")};
        REQUIRE(client.allocate());
        REQUIRE(client.bind(channel, peer.bound()));
        client.send(channel, "12345");
        REQUIRE(peer.receive());
        REQUIRE(client.refresh(std::chrono::seconds{0}));
    }
    auto other = server.udp_client("bob", "builder");
    REQUIRE(other.allocate());
    const std::string log = server.log();
    CHECK_THAT(log, Contains("server ready"));
    CHECK_THAT(log, Contains("allocation made"));
    CHECK_THAT(log, Contains("user=alice"));
    CHECK_THAT(log, Contains("lifetime_seconds=600"));
    CHECK_THAT(log, Contains("reason=deleted"));
    CHECK_THAT(log, Contains("bytes_to_peer=5"));
    CHECK_THAT(log, Contains("reason=shutdown"));
}

TEST_CASE("a stop ends every allocation and gives everything back", "[threats]") {
    const std::size_t before = test::open_descriptors();
    {
        auto config = loopback_config();
        config.server.workers = 2;
        RunningServer server{config};
        auto udp = server.udp_client();
        auto tcp = server.tcp_client();
        REQUIRE(udp.allocate());
        REQUIRE(tcp.allocate());
        CHECK(server->free_ports() == 98);
        server.stop();
        CHECK(server->free_ports() == 100);
        CHECK(server.count(Counter::allocations_ended_shutdown) == 2);
    }
    CHECK(test::open_descriptors() == before);
}

TEST_CASE("every way out of an allocation gives back ports, quota and descriptors",
          "[threats][D34][E3][D37][X27]") {
    auto config = loopback_config();
    config.limits.allocations_per_user = 1;
    RunningServer server{config};
    auto first = server.udp_client();
    REQUIRE(first.exchange(Method::binding));  // it has opened whatever it needs to run
    first.hang_up();
    const std::size_t descriptors = test::open_descriptors();

    SECTION("deleted by the client") {
        auto client = server.udp_client();
        for (int round = 0; round < 3; ++round) {
            REQUIRE(client.allocate()->success());
            CHECK(server->free_ports() == 99);
            REQUIRE(client.refresh(std::chrono::seconds{0}));
        }
    }
    SECTION("its connection closed") {
        for (std::uint64_t round = 1; round <= 3; ++round) {
            auto client = server.tcp_client();
            REQUIRE(client.allocate()->success());
            CHECK(server->free_ports() == 99);
            client.hang_up();
            REQUIRE(server.reaches(Counter::tcp_closed, round));
        }
        CHECK(server.count(Counter::allocations_ended_disconnected) == 3);
    }
    SECTION("its connection sent nonsense") {
        auto client = server.tcp_client();
        REQUIRE(client.allocate()->success());
        client.wire().send(protocol::as_octets("\xFF\xFF"));
        REQUIRE(server.reaches(Counter::tcp_cut_malformed, 1));
        REQUIRE(server.reaches(Counter::allocations_ended_disconnected, 1));
    }
    SECTION("refused while another holds the quota") {
        auto holder = server.udp_client();
        REQUIRE(holder.allocate()->success());
        CHECK(server.udp_client().allocate()->error() == 486);
        REQUIRE(holder.refresh(std::chrono::seconds{0}));
    }
    // The last connection closes after it has been counted; an answer comes after that.
    auto next = server.udp_client();
    REQUIRE(next.allocate()->success());
    REQUIRE(next.refresh(std::chrono::seconds{0}));
    CHECK(server->free_ports() == 100);
    next.hang_up();
    CHECK(test::open_descriptors() == descriptors);
}

TEST_CASE("an allocation ends on the second that its grant says", "[E13]") {
    auto config = loopback_config();
    config.limits.session = std::chrono::seconds{1};
    RunningServer server{config};
    auto client = server.udp_client();
    REQUIRE(client.allocate()->success());
    REQUIRE(server.reaches(Counter::allocations_ended_deadline, 1));
    CHECK(client.request(Method::refresh)->error() == 437);
    CHECK(server->free_ports() == 100);
}

}  // namespace
}  // namespace turnpike::worker
