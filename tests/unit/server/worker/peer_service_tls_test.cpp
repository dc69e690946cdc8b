// SPDX-License-Identifier: BSD-3-Clause
//
// TCP relays of clients under TLS: the octets are the same, but they are copied.
#include <csignal>
#include <thread>

#include "server/worker/peer_service.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/tcp_pair.hpp"
#include "tests/support/tcp_relay.hpp"
#include "tests/support/tls_wire.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Method;
using telemetry::Counter;
using test::endpoint;
using test::name_in;
using test::RunningServer;
using test::SocketClient;
using test::TcpPeer;
using test::TcpWire;
using test::TlsWire;

config::Config secured_config(const test::CertificateFolder& folder) {
    auto config = test::loopback_config();
    const auto files = folder.issue("one");
    config.listen.tls = {{test::own_loopback(1), 0}};
    config.listen.certificate = files.certificate;
    config.listen.private_key = files.private_key;
    return config;
}

struct Secured {
    Secured() : config{secured_config(folder)} {}

    void start() { server.emplace(config); }
    [[nodiscard]] SocketClient client(int version = 0) {
        auto wire =
            std::make_unique<TlsWire>(endpoint("127.0.0.2:0"), (**server).tls().front(), version);
        REQUIRE(wire->shake_hands());
        return SocketClient{std::move(wire)};
    }
    static TlsWire& wire_of(SocketClient& client) { return dynamic_cast<TlsWire&>(client.wire()); }

    test::CertificateFolder folder;
    config::Config config;
    std::optional<RunningServer> server;
};

// A client under TLS with an allocation, a peer that it is connected to, and both connections.
struct Joined : Secured {
    explicit Joined(int version = 0) : version_{version} {}
    void join() {
        start();
        control.emplace(client(version_));
        data.emplace(client(version_));
        REQUIRE(control->allocate_tcp()->success());
        const auto connection = name_in(control->connect(peer.bound()));
        at_peer.emplace(peer.accept());
        REQUIRE(data->bind_connection(connection)->success());
    }
    TlsWire& wire() { return wire_of(*data); }
    // From one side to the other, without either waiting for the other.
    bool carries_up(const std::string& text) {
        std::thread sender{[&] { wire().say(text); }};
        const std::string received = at_peer->take(text.size());
        sender.join();
        return received == text;
    }
    bool carries_down(const std::string& text) {
        std::thread sender{[&] { at_peer->say(text); }};
        const std::string received = wire().take(text.size());
        sender.join();
        return received == text;
    }

    int version_;
    TcpPeer peer;
    std::optional<SocketClient> control;
    std::optional<SocketClient> data;
    std::optional<TcpWire> at_peer;
};

TEST_CASE("a client under TLS and its peer hear what the other says",
          "[J1][J9][J15][J18][rfc6062-5.4]") {
    Joined j{GENERATE(TLS1_2_VERSION, TLS1_3_VERSION)};
    j.join();
    CHECK(j.peer.source == j.control->relayed());
    const auto stun = j.control->build(protocol::MessageClass::request, Method::binding, {});
    const std::string talk = std::string{protocol::as_text(stun)} + "\x40\x01\xff\xff\x80" + "text";
    j.wire().say(talk);
    CHECK(j.at_peer->take(talk.size()) == talk);
    j.at_peer->say(talk);
    CHECK(j.wire().take(talk.size()) == talk);
    CHECK(j.control->refresh(600s));
    CHECK(j.carries_up(test::pattern(5'000'000, 1)));
    CHECK(j.carries_down(test::pattern(5'000'000, 2)));
    // Of what client and peer said, not of what TLS made of it.
    CHECK(j.server->reaches(Counter::bytes_to_client, 5'000'000 + talk.size()));
    CHECK(j.server->count(Counter::bytes_to_client) == 5'000'000 + talk.size());
    CHECK(j.server->count(Counter::bytes_to_peer) == 5'000'000 + talk.size());
}

TEST_CASE("under TLS nothing that was said around the bind is lost", "[J11][J18]") {
    Secured s;
    s.start();
    TcpPeer peer;
    SocketClient control = s.client();
    REQUIRE(control.allocate_tcp()->success());
    const auto connection = name_in(control.connect(peer.bound()));
    TcpWire at_peer = peer.accept();
    const std::string greeting = test::pattern(100'000, 1);
    at_peer.say(greeting);
    SocketClient data = s.client();
    REQUIRE(data.bind_connection(protocol::ConnectionId{})->error() == 400);  // fetches a nonce
    const auto bind =
        data.build(protocol::MessageClass::request, Method::connection_bind, [&](auto& builder) {
            builder.u32(protocol::AttributeType::connection_id,
                        static_cast<std::uint32_t>(connection));
        });
    // In the same record, and in those behind it.
    const std::string early = test::pattern(60'000, 2);
    const std::string first{early.substr(0, 1000)};
    Secured::wire_of(data).say(std::string{protocol::as_text(bind)} + first);
    Secured::wire_of(data).say(std::string_view{early}.substr(1000));
    CHECK(data.answer_to(bind)->success());
    CHECK((at_peer.take(early.size()) == early));
    CHECK((Secured::wire_of(data).take(greeting.size()) == greeting));
}

TEST_CASE("a client may be under TLS with one connection and not with another", "[J15][J16]") {
    Secured s;
    s.config.server.workers = 3;
    s.start();
    TcpPeer peer;
    const bool control_is_secured = GENERATE(true, false);
    SocketClient control = control_is_secured ? s.client() : s.server->tcp_client();
    REQUIRE(control.allocate_tcp()->success());
    for (int round = 0; round < 12; ++round) {
        const auto connection = name_in(control.connect(peer.bound()));
        TcpWire at_peer = peer.accept();
        std::optional<SocketClient> data;
        data.emplace(control_is_secured ? s.server->tcp_client() : s.client());
        REQUIRE(data->bind_connection(connection)->success());
        data->wire().send(protocol::as_octets("there"));
        CHECK(at_peer.take(5) == "there");
        at_peer.say("and back");
        if (control_is_secured) {
            CHECK(dynamic_cast<TcpWire&>(data->wire()).take(8) == "and back");
        } else {
            CHECK(Secured::wire_of(*data).take(8) == "and back");
        }
        at_peer.half_close();
        data.reset();
        CHECK(at_peer.closed());
        CHECK(s.server->reaches(Counter::peer_closed, static_cast<std::uint64_t>(round) + 1));
    }
    CHECK(s.server->count(Counter::tcp_handed_over) > 0);  // or luck has it, once in 500,000
}

TEST_CASE("under TLS a reader that does not read stops its writer", "[J11][P7][threats]") {
    Joined j;
    j.join();
    const std::string text = test::pattern(1U << 20U);
    std::size_t pushed = 0;
    SECTION("the peer") {
        while (test::wait_for(j.wire().descriptor(), POLLOUT, 300ms)) {
            pushed += j.wire().push(std::string_view{text}.substr(pushed % text.size()));
        }
        CHECK(pushed < (64U << 20U));
        CHECK(j.carries_down(text));
        std::thread rest{[&] { j.wire().finish_push(); }};
        CHECK(j.at_peer->take(pushed).size() == pushed);
        rest.join();
    }
    SECTION("the client") {
        while (test::wait_for(j.at_peer->descriptor(), POLLOUT, 300ms)) {
            pushed += j.at_peer->push(std::string_view{text}.substr(pushed % text.size(), 65536));
        }
        CHECK(pushed < (64U << 20U));
        CHECK(j.carries_up(text));
        CHECK(j.wire().take(pushed).size() == pushed);
    }
    CHECK(pushed > 65536);
    CHECK(j.control->refresh(600s));
}

TEST_CASE("under TLS each side may end first, and everything before it arrives", "[J19][I10]") {
    Joined j;
    j.join();
    const std::string last = test::pattern(3'000'000);
    SECTION("the client") {
        std::thread speaker{[&] {
            j.wire().say(last);
            j.wire().close_notify();
        }};
        CHECK((j.at_peer->take(last.size() + 1) == last));
        speaker.join();
        CHECK(j.at_peer->closed());
        j.at_peer->say("and this is the end");
        j.at_peer->half_close();
        CHECK(j.wire().take(100) == "and this is the end");
    }
    SECTION("the peer") {
        std::thread speaker{[&] {
            j.at_peer->say(last);
            j.at_peer->half_close();
        }};
        CHECK((j.wire().take(last.size() + 1) == last));
        speaker.join();
        CHECK(j.wire().client().over());  // a goodbye came
        j.wire().say("and this is the end");
        j.wire().close_notify();
        CHECK(j.at_peer->take(100) == "and this is the end");
    }
    CHECK(j.server->reaches(Counter::peer_closed, 1));
    CHECK(j.control->refresh(600s));
}

TEST_CASE("under TLS a side that breaks off takes the other along", "[J19][I7][threats]") {
    std::signal(SIGPIPE, SIG_IGN);
    Joined j;
    j.join();
    SECTION("the client resets") {
        j.wire().reset();
        CHECK(j.at_peer->closed());
    }
    SECTION("the client sends what is no TLS") {
        j.wire().send_raw(std::string(1000, 'x'));
        CHECK(j.at_peer->closed());
        CHECK(j.wire().closed());
    }
    SECTION("the peer resets") {
        j.at_peer->reset();
        CHECK(j.wire().closed());
    }
    CHECK(j.server->reaches(Counter::peer_closed, 1));
    CHECK(j.control->refresh(600s));
}

TEST_CASE("under TLS budget and rate count what is said", "[P3][H13][J18]") {
    Joined j;
    SECTION("a budget") {
        j.config.limits.bytes = 100'000;
        j.join();
        std::thread sender{[&] { j.wire().say(test::pattern(300'000)); }};
        const std::string received = j.at_peer->take(300'000);
        sender.join();
        CHECK(received.size() == 100'000);
        CHECK((received == test::pattern(300'000).substr(0, 100'000)));
        CHECK(j.wire().closed());
        CHECK(j.server->reaches(Counter::peer_cut_limit, 1));
    }
    SECTION("a rate") {
        j.config.limits.bits_per_second = 8'000'000;  // a burst of 250,000 octets
        j.join();
        CHECK(j.carries_up(test::pattern(700'000)));
        CHECK(j.carries_down(test::pattern(700'000)));
    }
}

TEST_CASE("clients under TLS that come and go leave nothing behind", "[J20][P7][threats]") {
    const std::size_t descriptors = test::open_descriptors();
    {
        Secured s;
        s.config.server.workers = 2;
        s.start();
        for (int round = 0; round < 12; ++round) {
            TcpPeer peer;
            SocketClient control = s.client();
            SocketClient data = s.client();
            REQUIRE(control.allocate_tcp()->success());
            const auto connection = name_in(control.connect(peer.bound()));
            TcpWire at_peer = peer.accept();
            if (round % 2 == 0) REQUIRE(data.bind_connection(connection)->success());
            at_peer.say("hello");
            if (round % 3 == 0) at_peer.reset();
            if (round % 4 == 0) Secured::wire_of(data).reset();
            if (round % 5 == 0) {
                REQUIRE(control.refresh(0s));
                CHECK(Secured::wire_of(control).take(0).empty());
            }
        }
        s.server->stop();
        CHECK((**s.server).free_ports() == 100);
    }
    CHECK(test::open_descriptors() == descriptors);
}

}  // namespace
}  // namespace turnpike::worker
