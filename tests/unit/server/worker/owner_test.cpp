// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/owner.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/running_workers.hpp"

namespace turnpike::worker {
namespace {

using protocol::AttributeType;
using protocol::MessageClass;
using protocol::Method;
using telemetry::Counter;
using test::RunningWorkers;
using test::SocketClient;

test::Octets connection_bind(SocketClient& client, protocol::ConnectionId id) {
    return client.build(MessageClass::request, Method::connection_bind, [&](auto& builder) {
        builder.u32(AttributeType::connection_id, static_cast<std::uint32_t>(id));
    });
}

TEST_CASE("a connection goes on at the worker that has what it asks for", "[J15][J16]") {
    RunningWorkers workers{3};
    const auto id = workers.peer_connections.take(2);
    SocketClient client = workers.client_of(0);
    // All of it at once: what came before stays here, what comes after goes along.
    const auto first = client.build(MessageClass::request, Method::binding, {});
    const auto bind = connection_bind(client, id);
    const auto last = client.build(MessageClass::request, Method::binding, {});
    test::Octets all = first;
    all.insert(all.end(), bind.begin(), bind.end());
    all.insert(all.end(), last.begin(), last.end() - 7);
    client.wire().send(all);
    CHECK(client.answer_to(first));
    client.wire().send(protocol::Bytes{last}.last(7));
    CHECK(client.answer_to(last));
    CHECK(workers.count(0, Counter::message_binding) == 1);
    CHECK(workers.count(2, Counter::message_binding) == 1);
    CHECK(workers.count(2, Counter::tcp_handed_over) == 1);
    CHECK(workers.connections.held() == 1);

    SECTION("and may go on from there") {
        const auto there = workers.peer_connections.take(1);
        client.wire().send(connection_bind(client, there));
        CHECK(client.exchange(Method::binding));
        CHECK(workers.count(1, Counter::message_binding) == 1);
    }
    SECTION("and a client that goes leaves nothing behind") {
        client.hang_up();
        while (workers.connections.held() != 0) std::this_thread::yield();
        CHECK(workers.count(2, Counter::tcp_closed) == 1);
    }
}

TEST_CASE("a connection stays where its message is nobody else's", "[J15]") {
    RunningWorkers workers{2};
    const auto own = workers.peer_connections.take(0);
    const auto other = workers.peer_connections.take(1);
    SocketClient client = workers.client_of(0);
    SECTION("because the connection it names is here") {
        client.wire().send(connection_bind(client, own));
    }
    SECTION("because the connection it names is nowhere") {
        workers.peer_connections.give_back(other);
        client.wire().send(connection_bind(client, other));
    }
    SECTION("because it names none") {
        client.wire().send(client.build(MessageClass::request, Method::connection_bind, {}));
    }
    SECTION("because it is no request") {
        client.wire().send(
            client.build(MessageClass::indication, Method::connection_bind, [&](auto& builder) {
                builder.u32(AttributeType::connection_id, static_cast<std::uint32_t>(other));
            }));
    }
    SECTION("because it has an allocation") {
        REQUIRE(client.allocate()->success());
        client.wire().send(connection_bind(client, other));
        CHECK(client.refresh(std::chrono::seconds{600}));
    }
    CHECK(client.exchange(Method::binding));
    CHECK(workers.count(0, Counter::message_binding) == 1);
    CHECK(workers.count(1, Counter::tcp_handed_over) == 0);
}

TEST_CASE("connections that are handed over leave nothing behind when the workers end",
          "[threats]") {
    const std::size_t descriptors = test::open_descriptors();
    {
        RunningWorkers workers{2};
        const auto id = workers.peer_connections.take(1);
        std::vector<SocketClient> clients;
        for (int count = 0; count < 20; ++count) {
            clients.push_back(workers.client_of(0));
            clients.back().wire().send(connection_bind(clients.back(), id));
        }
    }
    CHECK(test::open_descriptors() == descriptors);
}

}  // namespace
}  // namespace turnpike::worker
