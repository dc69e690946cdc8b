// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/crowd.hpp"

#include <algorithm>

#include "auth/password.hpp"
#include "protocol/attributes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/loopback_server.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;
using protocol::AttributeType;
using protocol::Message;
using protocol::MessageBuilder;

// A server that lets everybody in who answers its challenge, or has no room.
std::vector<std::byte> answer(protocol::Bytes octets, bool has_room) {
    const auto request = Message::decode(octets);
    if (!request) return {};
    RequestBuffer buffer;
    protocol::Bytes reply;
    const auto key = auth::derive_md5("alice", "example.org", "secret");
    if (!protocol::verify_integrity(*request, protocol::Integrity::sha1, key.octets())) {
        auto builder =
            MessageBuilder::error(buffer, *request, protocol::ErrorCode::unauthenticated);
        builder.text(AttributeType::realm, "example.org");
        builder.text(AttributeType::nonce, "once");
        reply = builder.finish();
    } else if (!has_room) {
        reply = MessageBuilder::error(buffer, *request, protocol::ErrorCode::insufficient_capacity)
                    .finish();
    } else {
        reply = MessageBuilder::success(buffer, *request).finish();
    }
    return {reply.begin(), reply.end()};
}

struct Scene {
    explicit Scene(bool has_room, std::optional<protocol::Endpoint> peer = {})
        : server{SOCK_DGRAM,
                 [has_room](protocol::Bytes octets) { return answer(octets, has_room); }} {
        settings.access.login = {"alice", "secret"};
        crowd.emplace(settings, *protocol::Endpoint::parse(server.host_and_port()), peer);
    }
    void settle() {
        while (crowd->active() > 0) crowd->turn(10ms);
    }
    test::LoopbackServer server;
    Settings settings;
    std::optional<Crowd> crowd;
};

TEST_CASE("clients that are not to stay allocate and give back") {
    Scene scene{true};
    for (int each = 0; each < 20; ++each) scene.crowd->start_one();
    CHECK(scene.crowd->active() == 20);
    scene.settle();
    CHECK(scene.crowd->allocated() == 20);
    CHECK(scene.crowd->failed() == 0);
    CHECK(scene.crowd->kept() == 0);
    CHECK(scene.crowd->latency().count() == 20);
}

TEST_CASE("clients that are to stay do, until they are let go") {
    Scene scene{true, protocol::Endpoint::parse("192.0.2.1:9")};
    for (int each = 0; each < 5; ++each) scene.crowd->start_one();
    scene.settle();
    CHECK(scene.crowd->kept() == 5);
    CHECK(scene.crowd->release_one());
    scene.settle();
    CHECK(scene.crowd->kept() == 4);
    while (scene.crowd->release_one()) continue;
    scene.settle();
    CHECK(scene.crowd->kept() == 0);
    CHECK(scene.crowd->failed() == 0);
}

TEST_CASE("a refusal is counted, and the first one said") {
    Scene scene{false};
    scene.crowd->start_one();
    scene.crowd->start_one();
    scene.settle();
    CHECK(scene.crowd->failed() == 2);
    CHECK(scene.crowd->allocated() == 0);
    CHECK(scene.crowd->first_failure() == "Allocate: 508 Insufficient Capacity");
}

}  // namespace
}  // namespace turnpike::bench
