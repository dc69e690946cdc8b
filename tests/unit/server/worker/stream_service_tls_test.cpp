// SPDX-License-Identifier: BSD-3-Clause
//
// Clients under TLS, on ports that take both, and behind proxies.
#include <signal.h>
#include <unistd.h>

#include "server/worker/stream_service.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/running_server.hpp"
#include "tests/support/tls_wire.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Method;
using telemetry::Counter;
using test::endpoint;
using test::FromPeer;
using test::RunningServer;
using test::SocketClient;
using test::TcpWire;
using test::TlsWire;
using test::UdpSocket;

constexpr std::uint16_t channel = 0x4000;

config::Config secured_config(const test::CertificateFolder& folder) {
    auto config = test::loopback_config();
    const auto files = folder.issue("one");
    config.listen.tls = {{test::own_loopback(1), 0}};
    config.listen.automatic = {{test::own_loopback(1), 0}};
    config.listen.certificate = files.certificate;
    config.listen.private_key = files.private_key;
    return config;
}

struct Scenario {
    Scenario() : config{secured_config(folder)} {}

    void start() { server.emplace(config); }
    [[nodiscard]] protocol::Endpoint tls() { return (**server).tls().front(); }
    [[nodiscard]] protocol::Endpoint automatic() { return (**server).automatic().front(); }
    // Through the handshake.
    [[nodiscard]] std::unique_ptr<TlsWire> wire(int version = 0,
                                                std::string_view from = "127.0.0.2:0") {
        auto made = std::make_unique<TlsWire>(endpoint(from), tls(), version);
        REQUIRE(made->shake_hands());
        return made;
    }
    [[nodiscard]] std::uint64_t count(Counter counter) const { return server->count(counter); }

    test::CertificateFolder folder;
    config::Config config;
    std::optional<RunningServer> server;
};

TlsWire& wire_of(SocketClient& client) {
    return dynamic_cast<TlsWire&>(client.wire());
}

TEST_CASE("a client under TLS relays both ways", "[C2][I1][I3]") {
    Scenario s;
    s.start();
    SocketClient client{s.wire(GENERATE(TLS1_2_VERSION, TLS1_3_VERSION))};
    UdpSocket peer{endpoint("127.0.0.3:0")};
    const auto mapped = client.exchange(Method::binding);
    REQUIRE(mapped);
    CHECK(*protocol::xor_mapped_address(mapped->message()) == client.wire().local());
    REQUIRE(client.allocate()->success());
    CHECK(client.allocate()->error() == 437);
    REQUIRE(client.bind(channel, peer.bound()));
    for (const std::size_t size : {0UL, 1UL, 1200UL, 30001UL}) {
        const std::string payload(size, 'x');
        client.send(channel, payload);
        const auto came = peer.receive();
        REQUIRE(came);
        CHECK(came->payload == payload);
        peer.send(client.relayed(), payload);
        CHECK(client.data() == FromPeer{channel, {}, payload});
    }
    CHECK(s.count(Counter::tls_full) == 1);
}

TEST_CASE("requests that come in one record are answered in one record", "[I4][I5]") {
    Scenario s;
    s.start();
    SocketClient client{s.wire()};
    std::vector<test::Octets> requests;
    test::Octets all;
    for (int count = 0; count < 20; ++count) {
        requests.push_back(client.build(protocol::MessageClass::request, Method::binding, {}));
        all.insert(all.end(), requests.back().begin(), requests.back().end());
    }
    client.wire().send(all);
    std::size_t answered = 0;
    for (const auto& request : requests) {
        const auto answer = client.answer_to(request);
        REQUIRE(answer);
        answered += answer->octets.size();
    }
    CHECK(wire_of(client).records() == std::vector{answered});
}

TEST_CASE("a request is answered however records and segments cut it", "[I4]") {
    Scenario s;
    s.start();
    SocketClient client{s.wire()};
    const auto request = client.build(protocol::MessageClass::request, Method::binding, {});
    for (const std::byte& octet : request) client.wire().send({&octet, 1});
    CHECK(client.answer_to(request));
    const auto again = client.build(protocol::MessageClass::request, Method::binding, {});
    auto& wire = wire_of(client);
    wire.client().send(protocol::as_text(again));
    for (const std::byte& octet : wire.client().output()) wire.send_raw({&octet, 1});
    CHECK(client.answer_to(again));
}

TEST_CASE("a session is resumed on another connection", "[rfc8446-4.6.1]") {
    Scenario s;
    s.config.server.workers = 2;
    s.start();
    SocketClient client{s.wire()};
    REQUIRE(client.exchange(Method::binding));  // the tickets came before the answer
    auto& first = wire_of(client);
    first.close_notify();
    SSL_SESSION* const session = SSL_get1_session(first.client().ssl());
    for (int count = 0; count < 4; ++count) {
        TlsWire again{endpoint("127.0.0.2:0"), s.tls()};
        SSL_set_session(again.client().ssl(), session);
        CHECK(again.shake_hands());
        again.close_notify();
    }
    SSL_SESSION_free(session);
    CHECK(s.server->reaches(Counter::tls_resumed, 4));
}

TEST_CASE("a close_notify ends the allocation, and an answer that is owed still comes",
          "[I10][I18][D37]") {
    Scenario s;
    s.start();
    SocketClient client{s.wire()};
    REQUIRE(client.allocate()->success());
    const auto request = client.build(protocol::MessageClass::request, Method::binding, {});
    client.wire().send(request);
    wire_of(client).close_notify();
    CHECK(client.answer_to(request));
    CHECK(wire_of(client).closed());
    REQUIRE(s.server->reaches(Counter::allocations_ended_disconnected, 1));
}

TEST_CASE("a handshake has its time, whatever was sent of it", "[I8][P7][threats]") {
    Scenario s;
    s.config.limits.tls_handshake = 1s;
    s.start();
    TlsWire silent{endpoint("127.0.0.2:0"), s.tls()};
    TlsWire half{endpoint("127.0.0.2:0"), s.tls()};
    half.client().begin();
    const auto hello = half.client().output();
    half.send_raw(protocol::Bytes{hello}.first(hello.size() / 2));
    CHECK(silent.closed());
    CHECK(half.closed());
    REQUIRE(s.server->reaches(Counter::tls_timeout, 2));
    CHECK(s.count(Counter::tcp_cut_idle) == 2);
}

TEST_CASE("so many handshakes may be under way and no more", "[P7][threats]") {
    Scenario s;
    s.config.limits.tls_handshakes = 2;
    s.start();
    {
        TlsWire one{endpoint("127.0.0.2:0"), s.tls()};
        TlsWire two{endpoint("127.0.0.2:0"), s.tls()};
        REQUIRE(s.server->reaches(Counter::tcp_accepted, 2));
        TlsWire three{endpoint("127.0.0.2:0"), s.tls()};
        CHECK(three.closed());
        CHECK(s.count(Counter::tls_refused) == 1);
        CHECK(two.shake_hands());
        REQUIRE(s.server->reaches(Counter::tls_full, 1));  // and makes room
        (void)s.wire();
    }
    REQUIRE(s.server->reaches(Counter::tls_closed, 1));
    (void)s.wire();
    CHECK(s.count(Counter::tls_refused) == 1);
}

TEST_CASE("what is no TLS is closed and counted", "[I7][P7]") {
    Scenario s;
    s.start();
    TcpWire wire{endpoint("127.0.0.2:0"), s.tls()};
    wire.send(protocol::as_octets("GET / HTTP/1.1\r\n\r\n"));
    CHECK(wire.closed());
    REQUIRE(s.server->reaches(Counter::tls_not_tls, 1));
    CHECK(s.count(Counter::tcp_cut_tls) == 1);
}

TEST_CASE("under TLS too what is no message ends the connection", "[I7]") {
    Scenario s;
    s.start();
    auto wire = s.wire();
    wire->send(protocol::as_octets("GET / HTTP/1.1\r\n\r\n"));
    CHECK(wire->closed());
    CHECK(s.count(Counter::tcp_cut_malformed) == 1);
}

TEST_CASE("a renegotiation ends the connection", "[threats]") {
    Scenario s;
    s.start();
    SocketClient client{s.wire(TLS1_2_VERSION)};
    REQUIRE(client.allocate());
    auto& wire = wire_of(client);
    SSL_renegotiate(wire.client().ssl());
    SSL_do_handshake(wire.client().ssl());
    wire.send_raw(wire.client().output());
    CHECK(wire.closed());
    REQUIRE(s.server->reaches(Counter::tcp_cut_tls, 1));
    CHECK(s.count(Counter::allocations_ended_disconnected) == 1);
}

TEST_CASE("a client under TLS that asks and never reads is cut", "[I9][threats]") {
    Scenario s;
    s.config.limits.tcp_buffer_bytes = 65552;
    s.start();
    auto wire = s.wire();
    SocketClient maker{s.server->tcp_client()};
    test::Octets all;
    for (int count = 0; count < 500; ++count) {
        const auto request = maker.build(protocol::MessageClass::request, Method::binding, {});
        all.insert(all.end(), request.begin(), request.end());
    }
    while (s.count(Counter::tcp_cut_slow_reader) == 0) wire->send(all);
    CHECK(s.count(Counter::tcp_cut_slow_reader) == 1);
}

TEST_CASE("one port takes TLS, plain TCP and UDP", "[I15][rfc8489-8.1]") {
    Scenario s;
    s.start();
    const auto port = s.automatic();
    SocketClient plain{std::make_unique<TcpWire>(endpoint("127.0.0.2:0"), port)};
    CHECK(plain.allocate()->success());
    auto wire = std::make_unique<TlsWire>(endpoint("127.0.0.2:0"), port);
    REQUIRE(wire->shake_hands());
    SocketClient secured{std::move(wire)};
    CHECK(secured.allocate()->success());
    SocketClient datagrams{std::make_unique<test::UdpWire>(endpoint("127.0.0.2:0"), port)};
    CHECK(datagrams.allocate()->success());
    TcpWire nonsense{endpoint("127.0.0.2:0"), port};
    nonsense.send(protocol::as_octets("\x80 nonsense"));
    CHECK(nonsense.closed());
    CHECK(s.count(Counter::tcp_cut_malformed) == 1);
}

TEST_CASE("new certificates reach new connections, and the old ones go on", "[threats]") {
    Scenario s;
    s.start();
    SocketClient client{s.wire()};
    REQUIRE(client.allocate());
    const auto served = [&] {
        const auto wire = s.wire();
        const net::OpensslPtr<X509> leaf{SSL_get1_peer_certificate(wire->client().ssl())};
        return X509_check_host(leaf.get(), "new.example.org", 0, 0, nullptr) == 1;
    };
    CHECK_FALSE(served());
    s.folder.issue("one", {.names = {"new.example.org"}});
    ::kill(::getpid(), SIGHUP);
    const auto until = std::chrono::steady_clock::now() + test::patience;
    while (!served()) REQUIRE(std::chrono::steady_clock::now() < until);
    CHECK(client.refresh(600s));
}

struct Proxied : Scenario {
    Proxied() { config.listen.proxies = {*protocol::Subnet::parse("127.0.0.9/32")}; }
    [[nodiscard]] std::unique_ptr<TcpWire> proxy(const protocol::Endpoint& to) {
        return std::make_unique<TcpWire>(endpoint("127.0.0.9:0"), to);
    }
};

constexpr std::string_view header = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";

TEST_CASE("behind a proxy the client is who the header says") {
    Proxied s;
    s.start();
    SocketClient client{s.proxy(GENERATE(true, false) ? s.server->tcp() : s.automatic())};
    client.wire().send(protocol::as_octets(header));
    const auto mapped = client.exchange(Method::binding);
    REQUIRE(mapped);
    CHECK(*protocol::xor_mapped_address(mapped->message()) == endpoint("192.0.2.1:56324"));
    CHECK(client.allocate()->success());
}

TEST_CASE("behind a proxy TLS follows its header", "[I15]") {
    Proxied s;
    s.start();
    auto wire = std::make_unique<TlsWire>(endpoint("127.0.0.9:0"),
                                          GENERATE(true, false) ? s.tls() : s.automatic());
    wire->send_raw(header);
    REQUIRE(wire->shake_hands());
    SocketClient client{std::move(wire)};
    const auto mapped = client.exchange(Method::binding);
    REQUIRE(mapped);
    CHECK(*protocol::xor_mapped_address(mapped->message()) == endpoint("192.0.2.1:56324"));
}

TEST_CASE("from a proxy a header must come, and from nobody else", "[threats]") {
    Proxied s;
    s.start();
    const auto to = GENERATE(0, 1, 2);
    const auto where = to == 0 ? s.server->tcp() : to == 1 ? s.tls() : s.automatic();
    auto missing = s.proxy(where);
    SocketClient maker{s.proxy(s.server->tcp())};
    missing->send(maker.build(protocol::MessageClass::request, Method::binding, {}));
    CHECK(missing->closed());
    REQUIRE(s.server->reaches(Counter::tcp_cut_proxy_header, 1));
    TcpWire stranger{endpoint("127.0.0.2:0"), where};
    stranger.send(protocol::as_octets(header));
    CHECK(stranger.closed());
    CHECK(s.count(Counter::tcp_cut_proxy_header) == 1);
    CHECK(s.count(Counter::tcp_cut_malformed) + s.count(Counter::tcp_cut_tls) == 1);
}

TEST_CASE("limits for an address are those of the client, not of the proxy", "[threats]") {
    Proxied s;
    s.config.limits.tcp_connections_per_address = 1;
    s.start();
    SocketClient one{s.proxy(s.server->tcp())};
    one.wire().send(protocol::as_octets(header));
    REQUIRE(one.exchange(Method::binding));
    SocketClient two{s.proxy(s.server->tcp())};
    two.wire().send(protocol::as_octets("PROXY TCP4 192.0.2.2 198.51.100.1 56324 443\r\n"));
    CHECK(two.exchange(Method::binding));
    SocketClient three{s.proxy(s.server->tcp())};
    three.wire().send(protocol::as_octets("PROXY TCP4 192.0.2.1 198.51.100.1 56325 443\r\n"));
    CHECK_FALSE(three.exchange(Method::binding));
    CHECK(s.server->reaches(Counter::tcp_refused, 1));
}

TEST_CASE("a proxy that says nothing is cut in time", "[I8]") {
    Proxied s;
    s.config.limits.tls_handshake = 1s;
    s.start();
    auto half = s.proxy(s.server->tcp());
    half->send(protocol::as_octets(header.substr(0, 10)));
    CHECK(half->closed());
    CHECK(s.server->reaches(Counter::tcp_cut_idle, 1));
    auto gone = s.proxy(s.server->tcp());
    gone.reset();
    REQUIRE(s.server->reaches(Counter::tcp_closed, 1));
}

}  // namespace
}  // namespace turnpike::worker
