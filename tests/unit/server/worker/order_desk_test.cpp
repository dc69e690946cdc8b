// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/order_desk.hpp"

#include "auth/timed_secret.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using telemetry::Counter;
using test::RunningServer;
using test::UdpSocket;

TEST_CASE("an operator ends the sessions of a user, on all workers, and hears how many") {
    auto config = test::loopback_config();
    config.server.workers = 2;
    RunningServer server{config};
    std::vector<test::SocketClient> clients;
    for (int count = 0; count < 4; ++count) {
        clients.push_back(server.udp_client());
        REQUIRE(clients.back().allocate()->success());
    }
    auto bob = server.tcp_client("bob", "builder");
    REQUIRE(bob.allocate()->success());
    CHECK(server.end_sessions({.user = "alice"}) == 4);
    CHECK(server.end_sessions({.user = "alice"}) == 0);
    CHECK_FALSE(clients.front().refresh(600s));
    CHECK(bob.refresh(600s));
    CHECK(server.count(Counter::allocations_ended_withdrawn) == 4);
    CHECK_THAT(server.log(), Catch::Matchers::Contains("reason=operator"));
}

TEST_CASE("who was ended by an operator is told so") {
    RunningServer server;
    auto client = server.udp_client();
    REQUIRE(client.allocate()->success());
    REQUIRE(server.end_sessions({.user = "alice"}) == 1);
    const auto answer = client.request(protocol::Method::refresh);
    REQUIRE(answer->error() == 437);
    CHECK(protocol::error_code(answer->message())->reason == "Ended By The Operator");
}

TEST_CASE("new rules hold for the next request, and running allocations go on") {
    auto config = test::loopback_config();
    RunningServer server{config};
    const UdpSocket peer{test::endpoint("127.0.0.4:0")};
    auto alice = server.udp_client();
    REQUIRE(alice.allocate()->success());
    REQUIRE(alice.bind(0x4000, peer.bound()));
    config.users.push_back({"carol", "curious"});
    config.limits.permissions_per_allocation = 1;
    CHECK(server.udp_client("carol", "curious").allocate()->error() == 401);
    CHECK(server.apply(config).empty());
    CHECK(server.udp_client("carol", "curious").allocate()->success());
    alice.send(0x4000, "still here");
    CHECK(peer.receive().value().payload == "still here");
    CHECK(alice.refresh(600s));
    CHECK_FALSE(alice.permit(test::endpoint("127.0.0.9:1")));
}

TEST_CASE("a nonce from before is still good after a reload") {
    auto config = test::loopback_config();
    RunningServer server{config};
    auto client = server.udp_client();
    REQUIRE(client.allocate()->success());
    config.server.software = "something else";
    CHECK(server.apply(config).empty());
    CHECK(client.refresh(600s));
    CHECK(server.count(Counter::error_438) == 0);
}

TEST_CASE("a user who is in the configuration no more is out at once") {
    auto config = test::loopback_config();
    RunningServer server{config};
    auto alice = server.udp_client();
    auto bob = server.udp_client("bob", "builder");
    REQUIRE(alice.allocate()->success());
    REQUIRE(bob.allocate()->success());
    config.users.erase(config.users.begin());
    CHECK(server.apply(config).empty());
    CHECK(server.reaches(Counter::allocations_ended_withdrawn, 1));
    CHECK(bob.refresh(600s));
    CHECK(server.udp_client().allocate()->error() == 401);
    CHECK_THAT(server.log(), Catch::Matchers::Contains("reason=account_removed"));
}

// Somebody with a login of ten minutes that this secret made.
test::SocketClient minted(const RunningServer& server, const std::string& user,
                          const std::string& secret) {
    const auto username = auth::timed_username(std::chrono::system_clock::now() + 10min, user, {});
    return server.udp_client(username, auth::timed_password(secret, username));
}

TEST_CASE("a reload holds a login to the secret that made it, whichever stands first") {
    auto config = test::loopback_config();
    config.auth.secrets = {{"the northern one", config::Expired::end},
                           {"the southern one", config::Expired::keep}};
    RunningServer server{config};
    auto north = minted(server, "nora", "the northern one");
    auto south = minted(server, "sara", "the southern one");
    REQUIRE(north.allocate()->success());
    REQUIRE(south.allocate()->success());
    config.server.software = "something else";
    CHECK(server.apply(config).empty());
    const auto ends = [&](const std::string& user) {
        const auto page = server.sessions({.filter = {.user = user}});
        return page.sessions.at(0).ends_in_seconds.has_value();
    };
    CHECK(ends("nora"));
    CHECK_FALSE(ends("sara"));
    std::swap(config.auth.secrets.front().expired, config.auth.secrets.back().expired);
    CHECK(server.apply(config).empty());
    CHECK_FALSE(ends("nora"));
    CHECK(ends("sara"));
}

TEST_CASE("whom a secret let in goes on while others take its place, and not without any") {
    auto config = test::loopback_config();
    config.auth.secrets = {{"the northern one", std::nullopt}};
    RunningServer server{config};
    auto client = minted(server, "nora", "the northern one");
    REQUIRE(client.allocate()->success());
    config.auth.secrets = {{"the southern one", config::Expired::end}};
    CHECK(server.apply(config).empty());
    const auto page = server.sessions();
    REQUIRE(page.sessions.size() == 1);
    CHECK_FALSE(page.sessions.front().ends_in_seconds);
    config.auth.secrets.clear();
    CHECK(server.apply(config).empty());
    CHECK(server.sessions().sessions.empty());
    CHECK_THAT(server.log(), Catch::Matchers::Contains("reason=secret_removed"));
}

TEST_CASE("limits of a user's allocations change while they run") {
    auto config = test::loopback_config();
    RunningServer server{config};
    const UdpSocket peer{test::endpoint("127.0.0.4:0")};
    auto client = server.udp_client();
    REQUIRE(client.allocate()->success());
    REQUIRE(client.bind(0x4000, peer.bound()));
    config.limits.bytes = 8;
    CHECK(server.apply(config).empty());
    client.send(0x4000, "12345");
    REQUIRE(peer.receive());
    client.send(0x4000, "67890");
    CHECK(server.reaches(Counter::drop_bytes, 1));
}

TEST_CASE("a peer that may be reached no more is cut off, and the others are not", "[threats]") {
    auto config = test::loopback_config();
    RunningServer server{config};
    const UdpSocket denied{test::endpoint("127.0.0.4:0")};
    const UdpSocket other{test::endpoint("127.0.0.5:0")};
    auto client = server.udp_client();
    REQUIRE(client.allocate()->success());
    REQUIRE(client.bind(0x4000, denied.bound()));
    REQUIRE(client.bind(0x4001, other.bound()));
    config.peers.allow = {*protocol::Subnet::parse("127.0.0.5/32")};
    CHECK(server.apply(config).empty());
    client.send(0x4000, "not any more");
    client.send(0x4001, "still");
    CHECK(other.receive().value().payload == "still");
    CHECK(server.reaches(Counter::drop_no_channel, 1));
    CHECK_FALSE(client.bind(0x4000, denied.bound()));
}

}  // namespace
}  // namespace turnpike::worker
