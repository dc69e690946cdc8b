// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/redirection.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using telemetry::Counter;

config::Config config_with(config::RedirectMode mode, std::uint32_t allocations = 0) {
    config::Config config = test::loopback_config();
    config.redirect.mode = mode;
    config.redirect.allocations = allocations;
    config::AlternateServer other;
    other.address = *protocol::Endpoint::parse("192.0.2.2:3478");
    config.redirect.servers = {other};
    return config;
}

TEST_CASE("the mode says when new allocations are redirected", "[D18]") {
    Redirection redirection{RedirectMode::off, 10};
    CHECK_FALSE(redirection.applies(1'000'000));
    redirection.set(RedirectMode::always);
    CHECK(redirection.applies(0));
    redirection.set(RedirectMode::overload);
    CHECK_FALSE(redirection.applies(9));
    CHECK(redirection.applies(10));
}

TEST_CASE("a threshold changes, and a drain is stronger than any mode", "[D18]") {
    Redirection redirection{RedirectMode::overload, 10};
    redirection.set(RedirectMode::overload, 5);
    CHECK(redirection.applies(5));
    redirection.set(RedirectMode::off, 5);
    CHECK_FALSE(redirection.applies(5));
    CHECK_FALSE(redirection.is_draining());
    redirection.drain();
    CHECK(redirection.is_draining());
    CHECK(redirection.applies(0));
}

TEST_CASE("a server that redirects sends new clients away and can be told to stop",
          "[D18][R1][R8]") {
    test::RunningServer server{config_with(config::RedirectMode::always)};
    auto client = server.udp_client();
    CHECK(client.allocate()->error() == 300);
    CHECK(server.count(Counter::error_300) == 1);
    server->redirect(RedirectMode::off);
    CHECK(client.allocate()->error() == 0);
    server->redirect(RedirectMode::always);
    CHECK(client.refresh(std::chrono::seconds{600}));
    auto other = server.tcp_client("bob", "builder");
    CHECK(other.allocate()->error() == 300);
}

TEST_CASE("overload is counted over all clients, and what ends makes room", "[D18]") {
    test::RunningServer server{config_with(config::RedirectMode::overload, 2)};
    auto first = server.udp_client();
    auto second = server.tcp_client();
    auto third = server.udp_client("bob", "builder");
    CHECK(first.allocate()->error() == 0);
    CHECK(second.allocate()->error() == 0);
    CHECK(third.allocate()->error() == 300);
    CHECK(first.refresh(std::chrono::seconds{0}));
    CHECK(third.allocate()->error() == 0);
}

}  // namespace
}  // namespace turnpike::worker
