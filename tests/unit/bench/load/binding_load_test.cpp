// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/binding_load.hpp"

#include <array>

#include "bench/load/stamp.hpp"
#include "protocol/message_builder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/loopback_server.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

std::vector<std::byte> answer(protocol::Bytes octets) {
    const auto request = protocol::Message::decode(octets);
    if (!request || request->method() != protocol::Method::binding) return {};
    std::array<std::byte, 64> buffer;
    const auto reply = protocol::MessageBuilder::success(buffer, *request).finish();
    return {reply.begin(), reply.end()};
}

TEST_CASE("each request is answered once, and an answer calls for the next request") {
    test::LoopbackServer server{SOCK_DGRAM, answer};
    Settings settings;
    settings.in_flight = 3;
    BindingLoad load{settings, *protocol::Endpoint::parse(server.host_and_port())};
    load.run_until(monotonic_now() + 50ms);
    load.await_rest();
    CHECK(load.sent() >= 3);
    CHECK(load.answered() <= load.sent());
    CHECK(load.latency().count() == load.answered());
}

TEST_CASE("a server that says nothing answers nothing, and is not waited for for ever") {
    test::LoopbackServer server{SOCK_DGRAM,
                                [](protocol::Bytes) { return std::vector<std::byte>{}; }};
    Settings settings;
    settings.in_flight = 2;
    BindingLoad load{settings, *protocol::Endpoint::parse(server.host_and_port())};
    load.run_until(monotonic_now());
    load.await_rest();
    CHECK(load.sent() >= 2);
    CHECK(load.answered() == 0);
}

}  // namespace
}  // namespace turnpike::bench
