// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/sessions.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using test::RunningServer;
using test::UdpSocket;

std::vector<std::string> users_of(const SessionPage& page) {
    std::vector<std::string> users;
    for (const SessionInfo& each : page.sessions) users.push_back(each.user);
    std::ranges::sort(users);
    return users;
}

TEST_CASE("a session is told with who, from where, what it holds and what it used") {
    RunningServer server;
    const UdpSocket peer{test::endpoint("127.0.0.4:0")};
    auto client = server.udp_client();
    REQUIRE(client.allocate()->success());
    REQUIRE(client.bind(0x4000, peer.bound()));
    client.send(0x4000, "12345");
    REQUIRE(peer.receive());
    const SessionPage page = server.sessions();
    REQUIRE(page.sessions.size() == 1);
    CHECK_FALSE(page.has_more);
    const SessionInfo& info = page.sessions.front();
    CHECK(info.user == "alice");
    CHECK(info.realm == "example.org");
    CHECK(info.call.empty());
    CHECK_THAT(info.client, Catch::Matchers::StartsWith("127.0.0.2:"));
    CHECK(info.transport == "udp");
    CHECK(info.relayed == client.relayed().to_string());
    CHECK(info.permissions == 1);
    CHECK(info.channels == 1);
    CHECK(info.sent_bytes == 5);
    CHECK(info.sent_packets == 1);
    CHECK(info.received_packets == 0);
    CHECK(info.first_media.has_value());
    CHECK(info.expires_in_seconds > 500);
    CHECK(info.expires_in_seconds <= 600);
    CHECK_FALSE(info.ends_in_seconds.has_value());
}

TEST_CASE("a deadline is told in seconds from now") {
    auto config = test::loopback_config();
    config.limits.session = std::chrono::seconds{90};
    RunningServer server{config};
    auto client = server.udp_client();
    REQUIRE(client.allocate()->success());
    const auto ends = server.sessions().sessions.at(0).ends_in_seconds;
    REQUIRE(ends.has_value());
    CHECK(*ends > 60);
    CHECK(*ends <= 90);
}

TEST_CASE("sessions are found by user, client, transport and id") {
    auto config = test::loopback_config();
    config.server.workers = 2;
    RunningServer server{config};
    auto alice = server.udp_client();
    auto bob = server.tcp_client("bob", "builder");
    REQUIRE(alice.allocate()->success());
    REQUIRE(bob.allocate()->success());
    CHECK(users_of(server.sessions()) == std::vector<std::string>{"alice", "bob"});
    CHECK(users_of(server.sessions({.filter = {.user = "bob"}})) ==
          std::vector<std::string>{"bob"});
    CHECK(users_of(server.sessions({.filter = {.transport = "udp"}})) ==
          std::vector<std::string>{"alice"});
    CHECK(server.sessions({.filter = {.user = "bob", .transport = "udp"}}).sessions.empty());
    CHECK(server.sessions({.filter = {.client = test::endpoint("127.0.0.2:0").address}})
              .sessions.size() == 2);
    CHECK(server.sessions({.filter = {.call = "c-1"}}).sessions.empty());
    const auto id = server.sessions({.filter = {.user = "bob"}}).sessions.at(0).id;
    CHECK(users_of(server.sessions({.filter = {.id = id}})) == std::vector<std::string>{"bob"});
}

TEST_CASE("pages follow one another over all workers and show everybody once") {
    auto config = test::loopback_config();
    config.server.workers = 2;
    RunningServer server{config};
    std::vector<test::SocketClient> clients;
    for (int count = 0; count < 7; ++count) {
        clients.push_back(server.udp_client());
        REQUIRE(clients.back().allocate()->success());
    }
    std::vector<protocol::AllocationId> seen;
    SessionQuery query{.limit = 3};
    for (bool more = true; more;) {
        const SessionPage page = server.sessions(query);
        CHECK(page.sessions.size() <= 3);
        for (const SessionInfo& each : page.sessions) seen.push_back(each.id);
        more = page.has_more;
        if (!page.sessions.empty()) query.after = page.sessions.back().id;
    }
    CHECK(seen.size() == 7);
    CHECK(std::ranges::is_sorted(seen));
    CHECK(std::ranges::adjacent_find(seen) == seen.end());
}

TEST_CASE("one page of two workers is cut where it is full") {
    SessionPage one;
    SessionPage other;
    one.sessions.resize(2);
    one.sessions[0].id = protocol::AllocationId{1};
    one.sessions[1].id = protocol::AllocationId{5};
    other.sessions.resize(1);
    other.sessions[0].id = protocol::AllocationId{3};
    const SessionPage page = merged({one, other}, 2);
    REQUIRE(page.sessions.size() == 2);
    CHECK(page.sessions[1].id == protocol::AllocationId{3});
    CHECK(page.has_more);
    CHECK_FALSE(merged({one, other}, 3).has_more);
}

}  // namespace
}  // namespace turnpike::worker
