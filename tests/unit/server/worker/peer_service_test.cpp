// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/peer_service.hpp"

#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/running_workers.hpp"
#include "tests/support/tcp_pair.hpp"
#include "tests/support/tcp_relay.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Method;
using telemetry::Counter;
using test::carries;
using test::DataConnection;
using test::endpoint;
using test::loopback_config;
using test::name_in;
using test::Relayed;
using test::RunningServer;
using test::RunningWorkers;
using test::SocketClient;
using test::TcpPeer;
using test::TcpWire;

TEST_CASE("what client and peer say reaches the other as it is",
          "[J9][J10][J15][J18][rfc6062-5.4]") {
    Relayed r;
    CHECK(r.peer.source == r.control.relayed());
    // STUN, channel data and nonsense are octets like others.
    const auto stun = r.control.build(protocol::MessageClass::request, Method::binding, {});
    const std::string talk = std::string{protocol::as_text(stun)} + "\x40\x01\xff\xff\x80" + "text";
    r.data.wire().say(talk);
    CHECK(r.at_peer->take(talk.size()) == talk);
    r.at_peer->say(talk);
    CHECK(r.data.wire().take(talk.size()) == talk);
    // The control connection is what it was.
    CHECK(r.control.refresh(600s));
    CHECK(r.server.reaches(Counter::bytes_to_client, talk.size()));
    CHECK(r.server.count(Counter::bytes_to_peer) == talk.size());
    CHECK(r.server.count(Counter::peer_connected) == 1);
    CHECK(r.server.count(Counter::peer_bound) == 1);
}

TEST_CASE("a peer that speaks first is heard after the bind", "[J11][rfc6062-5.4]") {
    RunningServer server;
    TcpPeer peer;
    SocketClient control = server.tcp_client();
    REQUIRE(control.allocate_tcp()->success());
    const auto connection = name_in(control.connect(peer.bound()));
    TcpWire at_peer = peer.accept();
    at_peer.say("220 ready");
    SECTION("and may be gone by then") {
        at_peer.half_close();
        CHECK(control.refresh(600s));
        DataConnection data{server.tcp_client()};
        REQUIRE(data.bind(connection)->success());
        CHECK(data.wire().take(100) == "220 ready");
        CHECK(data.wire().closed());
    }
    SECTION("with as much as its window takes and no more") {
        std::size_t sent = 9;
        const std::string more = test::pattern(1U << 20U);
        while (const std::size_t count = at_peer.push(more)) sent += count;
        CHECK(server.count(Counter::bytes_to_client) == 0);
        DataConnection data{server.tcp_client()};
        REQUIRE(data.bind(connection)->success());
        CHECK(data.wire().take(sent).size() == sent);
    }
}

TEST_CASE("what a client says right behind its bind is the peer's", "[J18][J11]") {
    RunningServer server;
    TcpPeer peer;
    SocketClient control = server.tcp_client();
    REQUIRE(control.allocate_tcp()->success());
    const auto connection = name_in(control.connect(peer.bound()));
    TcpWire at_peer = peer.accept();
    DataConnection data{server.tcp_client()};
    REQUIRE(data.bind(protocol::ConnectionId{})->error() == 400);  // fetches a nonce
    auto request = data.client().build(protocol::MessageClass::request, Method::connection_bind,
                                       [&](auto& builder) {
                                           builder.u32(protocol::AttributeType::connection_id,
                                                       static_cast<std::uint32_t>(connection));
                                       });
    const auto bind = request;
    const auto early = protocol::as_octets("GET / HTTP/1.0\r\n\r\n");
    request.insert(request.end(), early.begin(), early.end());
    data.client().wire().send(request);
    CHECK(data.client().answer_to(bind)->success());
    CHECK(at_peer.take(early.size()) == protocol::as_text(early));
    at_peer.say("answer");
    CHECK(data.wire().take(6) == "answer");
}

TEST_CASE("a peer that refuses is a 447 at once", "[J9][rfc6062-5.2]") {
    RunningServer server;
    SocketClient control = server.tcp_client();
    REQUIRE(control.allocate_tcp()->success());
    const auto nobody = TcpPeer{}.bound();  // closed again
    CHECK(control.connect(nobody)->error() == 447);
    CHECK(control.connect(nobody)->error() == 447);
    CHECK(server.count(Counter::peer_failed) == 2);
    CHECK(server.count(Counter::error_447) == 2);
}

TEST_CASE("a peer that is silent keeps nobody waiting", "[J22][J7][J20][P7]") {
    RunningServer server;
    const test::SilentPeer silent;
    TcpPeer peer;
    SocketClient control = server.tcp_client();
    REQUIRE(control.allocate_tcp()->success());
    const auto add_peer = [&](auto& builder) {
        builder.xor_address(protocol::AttributeType::xor_peer_address, silent.bound());
    };
    const auto waiting = control.build(protocol::MessageClass::request, Method::connect, add_peer);
    control.wire().send(waiting);
    // The same client and another one go on meanwhile.
    CHECK(control.connect(silent.bound())->error() == 446);
    CHECK(control.connect(peer.bound())->success());
    CHECK(server.tcp_client("bob", "builder").allocate()->success());
    // The allocation ends, and with it the wait.
    const auto deletion = control.build(protocol::MessageClass::request, Method::refresh,
                                        [](auto& builder) { builder.lifetime(0s); });
    control.wire().send(deletion);
    CHECK(control.answer_to(waiting)->error() == 447);
    CHECK(control.answer_to(deletion)->success());
    CHECK(server.reaches(Counter::allocations_ended_deleted, 1));
}

TEST_CASE("a peer that connects is announced where it has a permission, else cut",
          "[J4][J13][J14][rfc6062-5.3]") {
    RunningServer server;
    SocketClient control = server.tcp_client();
    REQUIRE(control.allocate_tcp()->success());
    TcpWire stranger{endpoint("127.0.0.3:0"), control.relayed()};
    CHECK(stranger.closed());
    REQUIRE(control.permit(endpoint("127.0.0.3:1")));
    TcpWire peer{endpoint("127.0.0.3:0"), control.relayed()};
    peer.say("hello");
    const auto attempt = control.attempt();
    REQUIRE(attempt);
    CHECK(attempt->peer == peer.local());
    DataConnection data{server.tcp_client()};
    REQUIRE(data.bind(attempt->connection)->success());
    CHECK(data.wire().take(5) == "hello");
    data.wire().say("who is there?");
    CHECK(peer.take(13) == "who is there?");
    CHECK(control.connect(peer.local())->error() == 446);
    CHECK(server.count(Counter::peer_refused) == 1);
    CHECK(server.count(Counter::peer_accepted) == 1);
}

TEST_CASE("several peers are connected over one allocation at once", "[J23][rfc6062-3]") {
    RunningServer server;
    SocketClient control = server.tcp_client();
    REQUIRE(control.allocate_tcp()->success());
    struct Pair {
        TcpPeer peer;
        std::optional<TcpWire> at_peer{};
        std::optional<DataConnection> data{};
    };
    std::vector<Pair> pairs(5);
    for (Pair& pair : pairs) {
        const auto connection = name_in(control.connect(pair.peer.bound()));
        pair.at_peer.emplace(pair.peer.accept());
        CHECK(pair.peer.source == control.relayed());
        pair.data.emplace(server.tcp_client());
        REQUIRE(pair.data->bind(connection)->success());
    }
    for (std::size_t index = 0; index < pairs.size(); ++index) {
        pairs[index].data->wire().say("to " + std::to_string(index));
        pairs[index].at_peer->say("from " + std::to_string(index));
    }
    for (std::size_t index = 0; index < pairs.size(); ++index) {
        CHECK(pairs[index].at_peer->take(4) == "to " + std::to_string(index));
        CHECK(pairs[index].data->wire().take(6) == "from " + std::to_string(index));
    }
}

TEST_CASE("each side may end first, and everything before it arrives", "[J19][rfc6062-5.5]") {
    Relayed r;
    const std::string last = test::pattern(3'000'000);
    TcpWire& client = r.data.wire();
    const bool client_first = GENERATE(true, false);
    TcpWire& first = client_first ? client : *r.at_peer;
    TcpWire& second = client_first ? *r.at_peer : client;
    std::thread speaker{[&] {
        first.say(last);
        first.half_close();
    }};
    CHECK((second.take(last.size() + 1) == last));
    speaker.join();
    CHECK(second.closed());
    // The other way is open for as long as the other side wants.
    second.say("and this is the end");
    second.half_close();
    CHECK(first.take(100) == "and this is the end");
    CHECK(first.closed());
    CHECK(r.server.reaches(Counter::peer_closed, 1));
    // The same peer may be connected to again.
    CHECK(r.control.refresh(600s));
}

TEST_CASE("a side that resets takes the other along", "[J19][threats]") {
    Relayed r;
    const bool client_resets = GENERATE(true, false);
    if (client_resets) {
        r.data.wire().reset();
        CHECK(r.at_peer->closed());
    } else {
        r.at_peer->reset();
        CHECK(r.data.wire().closed());
    }
    CHECK(r.server.reaches(Counter::peer_closed, 1));
    CHECK(r.control.refresh(600s));
}

TEST_CASE("the connections of an allocation end with it, bound or not", "[J20][rfc6062-5.5]") {
    const std::size_t descriptors = test::open_descriptors();
    {
        Relayed r;
        TcpPeer other;
        (void)name_in(r.control.connect(other.bound()));
        TcpWire waiting = other.accept();
        SECTION("it is deleted") {
            REQUIRE(r.control.refresh(0s));
        }
        SECTION("its client goes") {
            r.control.hang_up();
        }
        SECTION("the server ends") {
            r.server.stop();
        }
        CHECK(r.data.wire().closed());
        CHECK(r.at_peer->closed());
        CHECK(waiting.closed());
        r.server.stop();
        CHECK(r.server->free_ports() == 100);
    }
    CHECK(test::open_descriptors() == descriptors);
}

TEST_CASE("a bind reaches its connection from every worker, and may try again there",
          "[J15][J16][J17]") {
    RunningWorkers workers{3};
    TcpPeer peer;
    SocketClient control = workers.client_of(0);
    REQUIRE(control.allocate_tcp()->success());
    for (std::size_t index = 0; index < 3; ++index) {
        const auto connection = name_in(control.connect(peer.bound()));
        TcpWire at_peer = peer.accept();
        // Of another user, with a wrong password, and then right: on one connection, which moved
        // with the first of them.
        DataConnection stranger{workers.client_of(index, "bob", "builder")};
        CHECK(stranger.bind(connection)->error() == 441);
        DataConnection data{workers.client_of(index, "alice", "wrong")};
        CHECK(data.bind(connection)->error() == 401);
        data.client().use_password("wonderland");
        REQUIRE(data.bind(connection)->success());
        data.wire().say("over");
        CHECK(at_peer.take(4) == "over");
        at_peer.say("and out");
        CHECK(data.wire().take(7) == "and out");
        CHECK(workers.count(0, Counter::peer_bound) == index + 1);
        CHECK(workers.count(0, Counter::tcp_handed_over) == 2 * index);
        data.hang_up();
        CHECK(at_peer.closed());
        at_peer.half_close();
        while (workers.count(0, Counter::peer_closed) != index + 1) std::this_thread::yield();
    }
    CHECK(workers.peer_connections.size() == 0);
}

TEST_CASE("two clients of this server meet over their TCP relays", "[H12][J9][J14]") {
    RunningServer server;
    SocketClient alice = server.tcp_client();
    SocketClient bob = server.tcp_client("bob", "builder");
    REQUIRE(alice.allocate_tcp()->success());
    REQUIRE(bob.allocate_tcp()->success());
    REQUIRE(bob.permit(alice.relayed()));
    const auto connection = name_in(alice.connect(bob.relayed()));
    const auto attempt = bob.attempt();
    REQUIRE(attempt);
    CHECK(attempt->peer == alice.relayed());
    DataConnection alices{server.tcp_client()};
    DataConnection bobs{server.tcp_client("bob", "builder")};
    REQUIRE(alices.bind(connection)->success());
    REQUIRE(bobs.bind(attempt->connection)->success());
    CHECK(carries(alices.wire(), bobs.wire(), test::pattern(1U << 20U)));
    CHECK(carries(bobs.wire(), alices.wire(), test::pattern(1U << 20U)));
}

TEST_CASE("no connection leads to ourselves", "[P5][J8]") {
    RunningServer server;
    SocketClient control = server.tcp_client();
    REQUIRE(control.allocate_tcp()->success());
    CHECK(control.connect(server.tcp())->error() == 403);
    CHECK(control.connect(control.relayed())->error() == 403);
}

TEST_CASE("what the configuration says of TCP relays counts", "[J3][threats]") {
    auto config = loopback_config();
    SECTION("none") {
        config.relay.tcp = false;
        RunningServer server{config};
        CHECK(server.tcp_client().allocate_tcp()->error() == 403);
    }
    SECTION("few connections") {
        config.limits.tcp_peers_per_allocation = 1;
        RunningServer server{config};
        SocketClient control = server.tcp_client();
        TcpPeer one;
        TcpPeer two;
        REQUIRE(control.allocate_tcp()->success());
        CHECK(control.connect(one.bound())->success());
        CHECK(control.connect(two.bound())->error() == 508);
        REQUIRE(control.permit(endpoint("127.0.0.3:1")));
        TcpWire visitor{endpoint("127.0.0.3:0"), control.relayed()};
        CHECK(visitor.closed());
    }
}

TEST_CASE("clients and peers that come and go leave nothing behind", "[P7][threats]") {
    auto config = loopback_config();
    config.server.workers = 2;
    const std::size_t descriptors = test::open_descriptors();
    {
        RunningServer server{config};
        for (int round = 0; round < 20; ++round) {
            SocketClient control = server.tcp_client();
            TcpPeer peer;
            REQUIRE(control.allocate_tcp()->success());
            REQUIRE(control.permit(endpoint("127.0.0.3:1")));
            const auto connection = name_in(control.connect(peer.bound()));
            TcpWire at_peer = peer.accept();
            TcpWire visitor{endpoint("127.0.0.3:0"), control.relayed()};
            DataConnection data{server.tcp_client()};
            if (round % 2 == 0) REQUIRE(data.bind(connection)->success());
            at_peer.say("hello");
            if (round % 3 == 0) at_peer.reset();
            if (round % 4 == 0) data.hang_up();
            if (round % 5 == 0) control.hang_up();
        }
        server.stop();
        CHECK(server->free_ports() == 100);
        // A connection that was joined is counted when it ends, as others are.
        CHECK(server.count(Counter::tcp_closed) == server.count(Counter::tcp_accepted));
    }
    CHECK(test::open_descriptors() == descriptors);
}

}  // namespace
}  // namespace turnpike::worker
