// SPDX-License-Identifier: BSD-3-Clause
//
// What a change reaches beside rules and listeners, which are told in order_desk_test.cpp and
// listeners_test.cpp.
#include "server/worker/commons.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using telemetry::Counter;
using test::RunningServer;

TEST_CASE("the limit of connections changes, and what is open stays") {
    auto config = test::loopback_config();
    RunningServer server{config};
    auto first = server.tcp_client();
    REQUIRE(first.allocate()->success());
    config.limits.tcp_connections = 1;
    REQUIRE(server.apply(config).empty());
    auto second = server.tcp_client();
    CHECK_FALSE(second.exchange(protocol::Method::binding).has_value());
    CHECK(first.refresh(600s));
    config.limits.tcp_connections = 2;
    REQUIRE(server.apply(config).empty());
    CHECK(server.tcp_client().exchange(protocol::Method::binding).has_value());
}

TEST_CASE("a reload sends new clients to another server, and back") {
    auto config = test::loopback_config();
    RunningServer server{config};
    auto client = server.udp_client();
    REQUIRE(client.allocate()->success());
    config::AlternateServer other;
    other.address = test::endpoint("192.0.2.2:3478");
    config.redirect.servers = {other};
    config.redirect.mode = config::RedirectMode::always;
    REQUIRE(server.apply(config).empty());
    CHECK(server.udp_client("bob", "builder").allocate()->error() == 300);
    CHECK(client.refresh(600s));
    config.redirect.mode = config::RedirectMode::off;
    REQUIRE(server.apply(config).empty());
    CHECK(server.udp_client("bob", "builder").allocate()->success());
}

TEST_CASE("answers to strangers have another budget after a reload", "[threats]") {
    auto config = test::loopback_config();
    RunningServer server{config};
    config.limits.unauthenticated_per_prefix_second = 1;
    REQUIRE(server.apply(config).empty());
    auto client = server.udp_client();
    for (int count = 0; count < 8; ++count) {
        client.wire().send(
            client.build(protocol::MessageClass::request, protocol::Method::binding, {}));
    }
    CHECK(server.reaches(Counter::drop_unauthenticated_budget, 1));
}

TEST_CASE("a worker that takes no order is told of") {
    auto config = test::loopback_config();
    std::FILE* file = std::tmpfile();
    std::string text(1U << 16U, '\0');
    {
        telemetry::Log log{{.descriptor = ::fileno(file)}};
        Commons commons{config, {.log = log, .post = [](const std::function<void()>&) {}}};
        commons.open_workers();
        bool taken = true;
        for (std::size_t count = 0; taken && count <= PostOffice::orders_capacity; ++count) {
            taken = commons.deliver(0, TakeRules{});
        }
        CHECK_FALSE(taken);
        const auto applied = commons.apply(config, {});
        REQUIRE(applied.has_value());
        CHECK(applied->workers_unheard == 1);
    }
    std::rewind(file);
    text.resize(std::fread(text.data(), 1, text.size(), file));
    std::fclose(file);
    CHECK_THAT(text, Catch::Matchers::Contains("a worker takes no orders"));
}

}  // namespace
}  // namespace turnpike::worker
