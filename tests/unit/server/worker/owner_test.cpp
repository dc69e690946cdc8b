// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/owner.hpp"

#include "protocol/message_builder.hpp"
#include "server/worker/allocation_owner.hpp"
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
    const auto bind = connection_bind(client, id.id());
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
        client.wire().send(connection_bind(client, there.id()));
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
    auto other = std::optional{workers.peer_connections.take(1)};
    const auto id = other->id();
    SocketClient client = workers.client_of(0);
    SECTION("because the connection it names is here") {
        client.wire().send(connection_bind(client, own.id()));
    }
    SECTION("because the connection it names is nowhere") {
        other.reset();
        client.wire().send(connection_bind(client, id));
    }
    SECTION("because it names none") {
        client.wire().send(client.build(MessageClass::request, Method::connection_bind, {}));
    }
    SECTION("because it is no request") {
        client.wire().send(
            client.build(MessageClass::indication, Method::connection_bind, [&](auto& builder) {
                builder.u32(AttributeType::connection_id, static_cast<std::uint32_t>(id));
            }));
    }
    SECTION("because it has an allocation") {
        REQUIRE(client.allocate()->success());
        client.wire().send(connection_bind(client, id));
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
            clients.back().wire().send(connection_bind(clients.back(), id.id()));
        }
    }
    CHECK(test::open_descriptors() == descriptors);
}

const auth::MobilityTickets tickets{auth::MobilityKey{}};

std::optional<WorkerIndex> owner_in(Method method, MessageClass message_class,
                                    protocol::Bytes ticket, bool allowed = true) {
    turn::Settings settings;
    if (allowed) settings.mobility = tickets;
    std::array<std::byte, 1500> buffer;
    protocol::MessageBuilder builder{buffer, message_class, method, {}};
    builder.bytes(protocol::AttributeType::mobility_ticket, ticket);
    return ticket_owner(settings, *protocol::Message::decode(builder.finish()));
}

TEST_CASE("a good ticket in a Refresh tells its worker", "[N3][N11]") {
    for (const auto owner : std::initializer_list<WorkerIndex>{0, 1, 7, 65534}) {
        const auto ticket = *tickets.make({name_allocation(owner, 9), 3});
        CHECK(owner_in(Method::refresh, MessageClass::request, ticket) == owner);
    }
}

TEST_CASE("what has come from another worker's datagrams goes no further", "[N3][threats]") {
    struct Association final : StreamWriter {
        void answer(protocol::Bytes) override {}
        bool relay(protocol::Bytes) override { return true; }
        void leave(WorkerIndex) override {}
        bool attach(const turn::PeerConnection&) override { return false; }
        bool can_leave() const noexcept override { return may; }
        bool may = true;
    };
    auto config = test::loopback_config();
    config.relay.mobility = true;
    RunningWorkers workers{1, config};
    telemetry::WorkerCounters counters;
    Context context{.index = 0, .shared = workers.shared, .counters = counters};
    Association association;
    std::array<std::byte, 200> buffer;
    protocol::MessageBuilder builder{buffer, MessageClass::request, Method::refresh, {}};
    builder.bytes(AttributeType::mobility_ticket,
                  *workers.rules.get()->settings.turn.mobility->make({name_allocation(2, 9), 3}));
    const auto octets = builder.finish();
    const protocol::FiveTuple five_tuple{.client = test::endpoint("192.0.2.9:1"),
                                         .server = test::endpoint("192.0.2.1:1"),
                                         .transport = protocol::Transport::dtls};
    const ClientLink link{.client = five_tuple.client, .source = {}, .stream = &association};
    const ClientMessage message{
        .five_tuple = five_tuple, .link = link, .octets = octets, .now = {}};
    const auto decoded = *protocol::Message::decode(octets);
    CHECK(owner_elsewhere(context, message, decoded) == WorkerIndex{2});
    association.may = false;
    CHECK_FALSE(owner_elsewhere(context, message, decoded));
}

TEST_CASE("nothing else does", "[N4][threats]") {
    const auto good = *tickets.make({name_allocation(1, 9), 3});
    CHECK_FALSE(owner_in(Method::refresh, MessageClass::request, good, false));
    CHECK_FALSE(owner_in(Method::refresh, MessageClass::indication, good));
    CHECK_FALSE(owner_in(Method::allocate, MessageClass::request, good));
    CHECK_FALSE(owner_in(Method::binding, MessageClass::request, good));
    CHECK_FALSE(owner_in(Method::refresh, MessageClass::request, {}));
    auto bad = good;
    bad[0] ^= std::byte{1};
    CHECK_FALSE(owner_in(Method::refresh, MessageClass::request, bad));
    CHECK_FALSE(owner_in(Method::refresh, MessageClass::request,
                         protocol::Bytes{good}.first(good.size() - 1)));
}

}  // namespace
}  // namespace turnpike::worker
