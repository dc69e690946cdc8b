// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/assemble.hpp"

#include <algorithm>

#include "server/net/host_addresses.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using protocol::IpAddress;
using test::loopback_config;

IpAddress address(const char* text) {
    return *IpAddress::parse(text);
}

TEST_CASE("relays open where they are told, and behind a 1:1 NAT are shown as it shows them") {
    config::Relay relay;
    relay.addresses = {address("10.0.0.5"), address("10.0.0.6")};
    relay.external = {{address("10.0.0.5"), address("203.0.113.5")}};
    const auto relays = relay_addresses(relay);
    REQUIRE(relays.size() == 2);
    CHECK(relays[0].local == address("10.0.0.5"));
    CHECK(relays[0].advertised == address("203.0.113.5"));
    CHECK(relays[1].advertised == address("10.0.0.6"));
}

TEST_CASE("without an address in the configuration this host's own are found") {
    const auto relays = relay_addresses({});
    const auto host = net::host_addresses();
    REQUIRE_FALSE(relays.empty());
    for (const RelayAddress& relay : relays) {
        CHECK(std::ranges::find(host, relay.local) != host.end());
    }
}

TEST_CASE("the families that are served are those of the relay addresses", "[D11][D12]") {
    auto config = loopback_config();
    config.relay.addresses = {address("2001:db8::1")};
    const auto settings = worker_settings(config, relay_addresses(config.relay), {});
    CHECK_FALSE(settings.turn.relays_ipv4);
    CHECK(settings.turn.relays_ipv6);
}

TEST_CASE("DSCP and ECN are copied unless the configuration says otherwise", "[L1][L2]") {
    auto config = loopback_config();
    CHECK(worker_settings(config, {}, {}).copies_traffic_class);
    config.relay.dscp = config::Dscp::best_effort;
    CHECK_FALSE(worker_settings(config, {}, {}).copies_traffic_class);
}

TEST_CASE("discovery is off, or takes all pairs of its addresses and ports", "[O1][O8]") {
    auto config = loopback_config();
    CHECK(discovery_endpoints(config.discovery).empty());
    CHECK_FALSE(worker_settings(config, {}, {}).turn.discovery);
    CHECK_FALSE(worker_settings(config, {}, {}).rfc3489);
    config.discovery.addresses = {address("192.0.2.1"), address("192.0.2.2")};
    CHECK(discovery_endpoints(config.discovery).size() == 4);
    const auto settings = worker_settings(config, {}, {});
    REQUIRE(settings.turn.discovery);
    for (const auto& endpoint : discovery_endpoints(config.discovery)) {
        CHECK(settings.turn.discovery->takes_part(endpoint));
    }
    CHECK_FALSE(settings.turn.discovery->padding);
    CHECK_FALSE(settings.turn.discovery->response_port);
    const auto own = peer_policy_settings(config, {}).own;
    CHECK(std::ranges::find(own, address("192.0.2.2")) != own.end());
}

TEST_CASE("workers share the budget of answers, and no limit stays none") {
    auto config = loopback_config();
    config.server.workers = 4;
    config.limits.unauthenticated_per_second = 50;
    config.limits.unauthenticated_per_prefix_second = 0;
    const auto settings = worker_settings(config, relay_addresses(config.relay), make_run_keys());
    CHECK(settings.budget.total_per_second == 13);
    CHECK(settings.budget.prefix_per_second == 0);
    CHECK(settings.budget.seed[0] != settings.budget.seed[1]);
}

TEST_CASE("the host's, the listeners' and the relays' addresses are all its own", "[P4][F14]") {
    auto config = loopback_config();
    config.listen.tcp = {test::endpoint("192.0.2.7:3478")};
    config.relay.addresses = {address("10.0.0.5")};
    config.relay.external = {{address("10.0.0.5"), address("203.0.113.5")}};
    const auto settings = peer_policy_settings(config, relay_addresses(config.relay));
    for (const char* text : {"127.0.0.1", "192.0.2.7", "10.0.0.5", "203.0.113.5"}) {
        INFO(text);
        CHECK(std::ranges::find(settings.own, address(text)) != settings.own.end());
    }
    CHECK(settings.relayed == std::vector{address("203.0.113.5")});
}

TEST_CASE("users and secrets arrive with their limits, passwords prepared", "[B10][X9]") {
    auto config = loopback_config();
    config.users = {{"carol", "e\xCC\x81"}};  // e and a combining acute accent
    config.auth.secrets = {{"one", std::nullopt}, {"two", config::Expired::end}};
    config.limits.bytes = 7;
    const auto settings = user_directory_settings(config);
    REQUIRE(settings.users.size() == 1);
    CHECK(settings.users[0].second == "\xC3\xA9");
    REQUIRE(settings.secrets.size() == 2);
    CHECK_FALSE(settings.secrets[0].expiry_ends_relay);
    CHECK(settings.secrets[1].expiry_ends_relay);
    CHECK(settings.bytes == 7);
}

TEST_CASE("of a database its kind is said, and nothing that its URL holds") {
    const auto kind = [](const char* url) {
        config::Storage storage;
        storage.url = url;
        storage.journal = "usage.journal";
        CHECK(journal_file(storage) == (storage.url.empty() ? "" : "usage.journal"));
        return storage_kind(storage);
    };
    CHECK(kind("") == "none");
    CHECK(kind("sqlite:/var/lib/turnpike/turnpike.db") == "sqlite");
    CHECK(kind("postgresql://relay:hush@db.example.org/site") == "postgresql");
    CHECK(kind("host=db.example.org password=hush") == "postgresql");
}

TEST_CASE("there is a worker for each core unless a number is set") {
    config::Server server;
    server.workers = 3;
    CHECK(worker_count(server) == 3);
    CHECK(worker_count({}) >= 1);
}

}  // namespace
}  // namespace turnpike::worker
