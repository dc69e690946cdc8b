// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/connection_bind.hpp"

#include "tests/support/connection_scenario.hpp"

namespace turnpike::turn {
namespace {

using namespace turnpike::support;
using State = PeerConnections::State;

TEST_CASE("a connection is bound by its name, on a connection of its own", "[J15][rfc6062-5.4]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    const auto connection = s.open_connection(s.alice, peer_v4);
    const Answer answer = s.alices_second.binds_connection(connection.connection);
    CHECK(answer.success());
    CHECK(answer.message().method() == Method::connection_bind);
    CHECK(s.last_connection.allocation == connection.allocation);
    CHECK(s.state_of(s.alice, connection) == State::bound);
    // It stays as long as its allocation.
    s.time_passes(599s);
    CHECK(s.state_of(s.alice, connection) == State::bound);
}

TEST_CASE("over TLS too", "[J15]") {
    ConnectionScenario s;
    for (TcpClient* client : {&s.alice, &s.alices_second}) {
        client->five_tuple.transport = protocol::Transport::tls;
    }
    REQUIRE(s.alice.allocates_tcp().success());
    const auto connection = s.open_connection(s.alice, peer_v4);
    CHECK(s.alices_second.binds_connection(connection.connection).success());
}

TEST_CASE("what is not there to be bound is a bad request", "[J15][rfc6062-5.4]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    s.alice.connects(peer_v4);
    const auto id = s.last_connection.connection;
    SECTION("not named") {
        CHECK(s.alices_second.asks(Method::connection_bind, {}).code() == 400);
        CHECK(s.alices_second
                  .asks(Method::connection_bind, attribute(AttributeType::connection_id, {0, 0, 1}))
                  .code() == 400);
    }
    SECTION("unknown") {
        CHECK(s.alices_second.binds_connection(protocol::ConnectionId{77}).code() == 400);
    }
    SECTION("not open yet") {
        CHECK(s.alices_second.binds_connection(id).code() == 400);
        CHECK(s.peer_answers().success());
        CHECK(s.alices_second.binds_connection(id).success());
    }
    SECTION("bound already") {
        s.peer_answers();
        CHECK(s.alices_second.binds_connection(id).success());
        CHECK(s.alices_second.binds_connection(id).code() == 400);
    }
    SECTION("gone") {
        s.peer_answers();
        s.ends(s.last_connection);
        CHECK(s.alices_second.binds_connection(id).code() == 400);
    }
    SECTION("over datagrams") {
        s.peer_answers();
        s.alices_second.five_tuple.transport =
            GENERATE(protocol::Transport::udp, protocol::Transport::dtls);
        CHECK(s.alices_second.binds_connection(id).code() == 400);
    }
    SECTION("on the control connection itself") {
        s.peer_answers();
        CHECK(s.alice.binds_connection(id).code() == 400);
    }
    CHECK(s.allocation_of(s.alice));
}

TEST_CASE("nobody binds a connection of another user", "[J17][B30][rfc8656-5]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    const auto connection = s.open_connection(s.alice, peer_v4);
    CHECK(s.bobs_second.binds_connection(connection.connection).code() == 441);
    CHECK(s.state_of(s.alice, connection) == State::pending);
    CHECK(s.alices_second.binds_connection(connection.connection).success());
}

TEST_CASE("a bind proves itself as other requests do", "[J16][rfc8489-9.2.4]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    const auto connection = s.open_connection(s.alice, peer_v4);
    const auto names_it = [&](MessageBuilder& request) {
        request.u32(AttributeType::connection_id,
                    static_cast<std::uint32_t>(connection.connection));
    };
    const Answer challenge = s.alices_second.asks_plainly(Method::connection_bind, names_it);
    CHECK(challenge.code() == 401);
    CHECK(challenge.has(AttributeType::nonce));
    s.alices_second.password = "wrong";
    CHECK(s.alices_second.binds_connection(connection.connection).code() == 401);
    s.alices_second.password = "secret";
    // The connection waited no longer than it would have.
    CHECK(s.alices_second.binds_connection(connection.connection).success());
}

TEST_CASE("a stale nonce costs a round and no more", "[J16]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    REQUIRE(s.alices_second.asks(Method::connection_bind, {}).code() == 400);  // fetches a nonce
    s.alice.refreshes(3600s);
    s.clock_jumps(3599s);
    s.time_passes(0s);
    REQUIRE_FALSE(s.allocation_of(s.alice) == nullptr);
    s.alice.refreshes(3600s);
    s.time_passes(2s);
    const auto connection = s.open_connection(s.alice, peer_v4);
    CHECK(s.alices_second.binds_connection(connection.connection).success());
}

TEST_CASE("an attribute that nobody understands is named before the bind is judged", "[A14][J15]") {
    ConnectionScenario s;
    CHECK(s.alices_second
              .asks(Method::connection_bind, attribute(AttributeType{0x7FFE}, {1, 2, 3, 4}))
              .code() == 420);
}

TEST_CASE("a connection that nobody binds is closed after thirty seconds", "[J12][rfc6062-5.2]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    std::optional<PeerConnection> connection;
    SECTION("which the client asked for") {
        s.time_passes(17s);
        connection = s.open_connection(s.alice, peer_v4);
    }
    SECTION("which the peer began") {
        s.alice.permits({peer_v4});
        connection = s.peer_arrives(s.alice, peer_v4);
    }
    REQUIRE(connection);
    s.time_passes(30s - 1ns);
    CHECK(s.state_of(s.alice, *connection) == State::pending);
    s.time_passes(1ns);
    CHECK_FALSE(s.state_of(s.alice, *connection));
    CHECK(s.last_effects.front() ==
          Effect{ClosePeerConnection{connection->allocation, connection->connection}});
    CHECK(s.alices_second.binds_connection(connection->connection).code() == 400);
    CHECK(s.allocation_of(s.alice));
}

TEST_CASE("a bind that comes late though the timer did not is refused", "[J12]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    const auto connection = s.open_connection(s.alice, peer_v4);
    s.clock_jumps(30s);
    CHECK(s.alices_second.binds_connection(connection.connection).code() == 400);
}

TEST_CASE("a bind whose answer finds no room binds nothing", "[J15]") {
    ConnectionScenario s;
    REQUIRE(s.alice.allocates_tcp().success());
    const auto connection = s.open_connection(s.alice, peer_v4);
    (void)s.alices_second.asks(Method::connection_bind, {});  // fetches a nonce
    s.fault.reply_octets = 24;
    CHECK(s.alices_second.binds_connection(connection.connection).silent());
    CHECK(s.state_of(s.alice, connection) == State::pending);
}

}  // namespace
}  // namespace turnpike::turn
