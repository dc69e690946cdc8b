// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/relay_opener.hpp"

#include <set>

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using protocol::AttributeType;
using protocol::MessageBuilder;
using test::endpoint;
using test::loopback_config;
using test::RunningServer;
using test::SocketClient;
using test::UdpSocket;

config::Config with_ports(std::uint16_t first, std::uint16_t last) {
    auto config = loopback_config();
    config.relay.ports = {first, last};
    config.limits.allocations_per_user = 0;
    return config;
}

SocketClient::Add even_port(bool reserve_next) {
    return [=](MessageBuilder& builder) { builder.even_port({reserve_next}); };
}

SocketClient::Add token(std::uint64_t value) {
    return [=](MessageBuilder& builder) { builder.u64(AttributeType::reservation_token, value); };
}

TEST_CASE("every allocation has a port of its own until there is none left", "[D22][D23][D32]") {
    RunningServer server{with_ports(51000, 51003)};
    std::vector<SocketClient> clients;
    std::set<std::uint16_t> ports;
    for (int count = 0; count < 4; ++count) {
        auto& client = clients.emplace_back(server.udp_client());
        REQUIRE(client.allocate()->success());
        CHECK(client.relayed().address == test::own_loopback(1));
        ports.insert(client.relayed().port);
    }
    CHECK(ports == std::set<std::uint16_t>{51000, 51001, 51002, 51003});
    auto late = server.udp_client();
    CHECK(late.allocate()->error() == 508);
    REQUIRE(clients.front().refresh(std::chrono::seconds{0}));
    CHECK(late.allocate()->success());
}

TEST_CASE("ports that other programs hold are passed over and stay free for later", "[D32]") {
    std::optional<UdpSocket> first{std::in_place, protocol::Endpoint{test::own_loopback(1), 51010}};
    const UdpSocket second{{test::own_loopback(1), 51012}};
    RunningServer server{with_ports(51010, 51013)};
    std::vector<SocketClient> clients;
    std::set<std::uint16_t> ports;
    for (int count = 0; count < 2; ++count) {
        auto& client = clients.emplace_back(server.udp_client());
        REQUIRE(client.allocate()->success());
        ports.insert(client.relayed().port);
    }
    CHECK(ports == std::set<std::uint16_t>{51011, 51013});
    auto late = server.udp_client();
    CHECK(late.allocate()->error() == 508);
    CHECK(server->free_ports() == 2);
    first.reset();
    CHECK(late.allocate()->success());
    CHECK(late.relayed().port == 51010);
}

TEST_CASE("a user has no more allocations than its quota, whoever asks", "[D17][P3]") {
    auto config = loopback_config();
    config.limits.allocations_per_user = 2;
    config.server.workers = 2;
    RunningServer server{config};
    auto one = server.udp_client();
    auto two = server.tcp_client();
    auto three = server.udp_client();
    REQUIRE(one.allocate()->success());
    REQUIRE(two.allocate()->success());
    CHECK(three.allocate()->error() == 486);
    CHECK(server->free_ports() == 98);
    auto other = server.udp_client("bob", "builder");
    CHECK(other.allocate()->success());
    REQUIRE(one.refresh(std::chrono::seconds{0}));
    CHECK(three.allocate()->success());
}

TEST_CASE("EVEN-PORT gets an even port, and 508 where there is none", "[D14][D25]") {
    RunningServer server{with_ports(51020, 51021)};
    auto one = server.udp_client();
    REQUIRE(one.allocate(even_port(false))->success());
    CHECK(one.relayed().port == 51020);
    auto two = server.udp_client();
    CHECK(two.allocate(even_port(false))->error() == 508);
    CHECK(two.allocate()->success());
}

// Several workers, so that the token is often redeemed on another than the one that gave it.
TEST_CASE("a reserved port goes to the user who brings its token, once", "[D26][D27][D29]") {
    auto config = with_ports(51030, 51031);
    config.server.workers = 3;
    RunningServer server{config};
    auto first = server.udp_client();
    const auto answer = first.allocate(even_port(true));
    REQUIRE(answer->success());
    CHECK(first.relayed().port == 51030);
    const auto reserved = protocol::reservation_token(answer->message());
    REQUIRE(reserved);
    CHECK(server.udp_client().allocate()->error() == 508);  // the reserved port is not free
    auto second = GENERATE(false, true) ? server.udp_client() : server.tcp_client();
    REQUIRE(second.allocate(token(*reserved))->success());
    CHECK(second.relayed().port == 51031);
    CHECK(server.udp_client().allocate(token(*reserved))->error() == 508);
    REQUIRE(second.refresh(std::chrono::seconds{0}));
    REQUIRE(first.refresh(std::chrono::seconds{0}));
    CHECK(server->free_ports() == 2);
}

TEST_CASE("a pair is only given where both of its ports can be bound", "[D26]") {
    const UdpSocket holder{{test::own_loopback(1), 51041}};
    RunningServer server{with_ports(51040, 51043)};
    auto client = server.udp_client();
    REQUIRE(client.allocate(even_port(true))->success());
    CHECK(client.relayed().port == 51042);
    CHECK(server->free_ports() == 2);
}

TEST_CASE("a reserved port is kept from other users, who are told what a stranger is",
          "[D8][D30]") {
    RunningServer server{with_ports(51040, 51043)};
    auto alice = server.udp_client();
    const auto answer = alice.allocate(even_port(true));
    REQUIRE(answer->success());
    const auto reserved = token(*protocol::reservation_token(answer->message()));
    auto bob = server.udp_client("bob", "builder");
    const auto stolen = bob.allocate(reserved);
    const auto guessed = bob.allocate(token(0x0123456789ABCDEF));
    CHECK(stolen->error() == 508);
    CHECK(stolen->octets.size() == guessed->octets.size());
    CHECK(server.udp_client().allocate(reserved)->success());
}

TEST_CASE("a token that nobody gave is refused", "[D8]") {
    RunningServer server;
    CHECK(server.udp_client().allocate(token(0x0123456789ABCDEF))->error() == 508);
    CHECK(server->free_ports() == 100);
}

TEST_CASE("both families are opened where both are asked for, or the one that can be",
          "[D16][K1][K9]") {
    auto config = loopback_config();
    const bool v6 = GENERATE(true, false);
    if (v6) config.relay.addresses.push_back(*protocol::IpAddress::parse("::1"));
    RunningServer server{config};
    auto client = server.udp_client();
    const auto answer = client.allocate([](MessageBuilder& builder) {
        builder.family(AttributeType::additional_address_family, protocol::Family::ipv6);
    });
    REQUIRE(answer->success());
    int addresses = 0;
    for (const auto& attribute : answer->message()) {
        addresses +=
            attribute.type == static_cast<std::uint16_t>(AttributeType::xor_relayed_address);
    }
    CHECK(addresses == (v6 ? 2 : 1));
    CHECK(answer->message().has(AttributeType::address_error_code) == !v6);
    REQUIRE(client.refresh(std::chrono::seconds{0}));
    CHECK(server->free_ports() == (v6 ? 200 : 100));
}

TEST_CASE("two IPv6 relays talk to each other", "[K1][H12]") {
    auto config = loopback_config();
    config.listen.udp = {endpoint("[::1]:0")};
    config.relay.addresses = {*protocol::IpAddress::parse("::1")};
    RunningServer server{config};
    const auto allocate = [&](const char* user, const char* password) {
        SocketClient client{std::make_unique<test::UdpWire>(endpoint("[::1]:0"), server.udp()),
                            user, password};
        REQUIRE(client
                    .allocate([](MessageBuilder& builder) {
                        builder.family(AttributeType::requested_address_family,
                                       protocol::Family::ipv6);
                    })
                    ->success());
        return client;
    };
    auto alice = allocate("alice", "wonderland");
    auto bob = allocate("bob", "builder");
    REQUIRE(alice.permit(bob.relayed()));
    REQUIRE(bob.permit(alice.relayed()));
    alice.send(bob.relayed(), "six");
    CHECK(bob.data() == test::FromPeer{0, alice.relayed(), "six"});
}

}  // namespace
}  // namespace turnpike::worker
