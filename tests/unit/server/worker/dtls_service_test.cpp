// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/dtls_service.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/client_hello.hpp"
#include "tests/support/dtls_scenario.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::Method;
using telemetry::Counter;
using test::client_hello;
using test::DtlsScenario;
using test::DtlsWire;
using test::endpoint;
using test::FromPeer;
using test::SocketClient;
using test::UdpSocket;

constexpr std::uint16_t channel = 0x4000;

TEST_CASE("a client is served over DTLS as over UDP", "[C2][I1][I17]") {
    DtlsScenario scenario;
    auto client = scenario.client();
    const UdpSocket peer{endpoint("127.0.0.3:0")};
    const auto answer = client.exchange(Method::binding);
    REQUIRE(answer);
    CHECK(*protocol::xor_mapped_address(answer->message()) == client.wire().local());
    REQUIRE(client.allocate()->success());
    REQUIRE(client.permit(peer.bound()));
    client.send(peer.bound(), "by address");
    CHECK(peer.receive()->payload == "by address");
    peer.send(client.relayed(), "back");
    CHECK(client.data() == FromPeer{0, peer.bound(), "back"});
    REQUIRE(client.bind(channel, peer.bound()));
    client.send(channel, "odd");
    CHECK(peer.receive()->payload == "odd");
    peer.send(client.relayed(), "by channel");
    CHECK(client.data() == FromPeer{channel, {}, "by channel"});
    CHECK(scenario.server.count(Counter::dtls_handshakes) == 1);
    CHECK(scenario.server.log().find("transport=dtls") != std::string::npos);
}

TEST_CASE("a request without the cookie is refused over DTLS, an indication ignored",
          "[A9][I19][rfc8489-11]") {
    DtlsScenario scenario;
    auto client = scenario.client();
    auto& wire = client.wire();
    wire.send(test::hex("0011 0000 00000000000000000000000000000001"));
    const auto request = test::hex("0001 0000 00000000000000000000000000000002");
    wire.send(request);
    const auto answer = wire.receive(test::patience);
    REQUIRE(answer);
    // The same 16 octets of transaction id, and ERROR-CODE 500.
    CHECK(test::to_hex(*answer) ==
          "0111000800000000000000000000000000000002"
          "0009000400000500");
    CHECK(scenario.server.count(Counter::error_500) == 1);
    CHECK(client.allocate()->success());
}

TEST_CASE("two DTLS clients reach each other through both their relays", "[H12][I17]") {
    DtlsScenario scenario{[](config::Config& config) { config.server.workers = 2; }};
    auto one = scenario.client();
    auto two = scenario.client("127.0.0.3:0");
    REQUIRE(one.allocate()->success());
    REQUIRE(two.allocate()->success());
    REQUIRE(one.permit(two.relayed()));
    REQUIRE(two.permit(one.relayed()));
    for (int count = 0; count < 20; ++count) {
        const std::string text = std::to_string(count);
        one.send(two.relayed(), text);
        CHECK(two.data() == FromPeer{0, one.relayed(), text});
    }
}

TEST_CASE("messages of one datagram are all handled", "[I17]") {
    DtlsScenario scenario;
    auto client = scenario.client();
    auto& wire = DtlsScenario::wire_of(client);
    const UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate()->success());
    REQUIRE(client.permit(peer.bound()));
    wire.held = true;
    for (const std::string_view text : {"one", "two", "three"}) client.send(peer.bound(), text);
    test::Octets all;
    for (const auto& record : wire.datagrams) all.insert(all.end(), record.begin(), record.end());
    wire.send_raw(all);
    for (const std::string_view text : {"one", "two", "three"}) {
        CHECK(peer.receive()->payload == text);
    }
}

TEST_CASE("data that no record holds is dropped", "[I17][H11]") {
    DtlsScenario scenario;
    auto client = scenario.client();
    const UdpSocket peer{endpoint("127.0.0.3:0")};
    REQUIRE(client.allocate()->success());
    REQUIRE(client.bind(channel, peer.bound()));
    const std::string largest(net::dtls_message_octets_max - protocol::channel_header_octets, 'x');
    peer.send(client.relayed(), largest + 'x');
    peer.send(client.relayed(), largest);
    CHECK(client.data() == FromPeer{channel, {}, largest});
    CHECK(scenario.server.count(Counter::drop_too_big) == 1);
}

TEST_CASE("a cookie of somebody else begins nothing", "[I16][P10]") {
    DtlsScenario scenario;
    auto alice = scenario.wire();
    auto mallory = scenario.wire("127.0.0.4:0");
    alice->begin();
    alice->held = true;
    REQUIRE(alice->step());  // holds back the hello with the cookie
    REQUIRE(alice->datagrams.size() == 1);
    mallory->send_raw(alice->datagrams[0]);
    const auto answer = mallory->socket().receive();
    REQUIRE(answer);
    CHECK(answer->payload.size() ==
          protocol::hello_verify_request_octets + net::dtls_cookie_octets);
    CHECK(scenario.server.count(Counter::dtls_accepted) == 0);
    alice->send_raw(alice->datagrams[0]);
    CHECK(alice->socket().receive());
    CHECK(scenario.server.count(Counter::dtls_accepted) == 1);
}

TEST_CASE("what no association has sent is dropped in silence", "[I16][A32]") {
    DtlsScenario scenario;
    const UdpSocket stranger{endpoint("127.0.9.1:0")};
    stranger.send(scenario.dtls(), test::hello_fragment({}, 0, 20));
    stranger.send(scenario.dtls(), client_hello({.epoch = 1}));
    stranger.send(scenario.dtls(), client_hello({.record_type = 23}));
    stranger.send(scenario.dtls(), "\x17 is no record");
    stranger.send(scenario.dtls(), "\x80 is no DTLS");
    auto other = scenario.client();
    CHECK(scenario.server.count(Counter::drop_fragmented_hello) == 1);
    CHECK(scenario.server.count(Counter::drop_no_session) == 3);
    CHECK(scenario.server.count(Counter::drop_not_turn) == 1);
    CHECK_FALSE(stranger.receive(0ms));
}

TEST_CASE("a port for DTLS takes nothing in clear, and one for UDP no DTLS", "[A32][I15]") {
    DtlsScenario scenario;
    SocketClient plain{std::make_unique<test::UdpWire>(endpoint("127.0.0.4:0"), scenario.dtls())};
    plain.wire().send(plain.build(protocol::MessageClass::request, Method::binding, {}));
    const UdpSocket stranger{endpoint("127.0.9.1:0")};
    stranger.send(scenario.server.udp(), client_hello());
    REQUIRE(scenario.server.reaches(Counter::drop_not_turn, 2));
    CHECK_FALSE(plain.wire().receive(0ms));
    CHECK_FALSE(stranger.receive(0ms));
}

TEST_CASE("one port serves datagrams in clear and DTLS", "[I15][rfc7983]") {
    DtlsScenario scenario;
    const auto where = scenario.automatic();
    auto wire = std::make_unique<DtlsWire>(endpoint("127.0.0.2:0"), where);
    REQUIRE(wire->connect());
    SocketClient secured{std::move(wire)};
    SocketClient plain{std::make_unique<test::UdpWire>(endpoint("127.0.0.2:0"), where)};
    const UdpSocket peer{endpoint("127.0.0.3:0")};
    for (SocketClient* client : {&secured, &plain}) {
        REQUIRE(client->allocate()->success());
        REQUIRE(client->bind(channel, peer.bound()));
        client->send(channel, "through");
        CHECK(peer.receive()->payload == "through");
        peer.send(client->relayed(), "back");
        CHECK(client->data() == FromPeer{channel, {}, "back"});
    }
    CHECK(scenario.server.count(Counter::dtls_handshakes) == 1);
    CHECK(scenario.server.count(Counter::allocations_made) == 2);
}

TEST_CASE("a client that begins anew keeps what it has until it returns its cookie",
          "[I16][rfc6347-4.2.8]") {
    DtlsScenario scenario;
    auto client = scenario.client();
    REQUIRE(client.allocate()->success());
    auto& old = DtlsScenario::wire_of(client);
    // Anybody could have sent this.
    old.send_raw(client_hello());
    REQUIRE(old.socket().receive()->payload.size() ==
            protocol::hello_verify_request_octets + net::dtls_cookie_octets);
    CHECK(client.refresh(600s));
    CHECK(scenario.server.count(Counter::dtls_replaced) == 0);

    auto fresh = std::make_unique<DtlsWire>(old.take_socket(), scenario.dtls());
    auto& wire = *fresh;
    wire.begin();
    REQUIRE(wire.step());  // the goodbye of the old association may come before
    while (!wire.open()) REQUIRE(wire.step());
    SocketClient again{std::move(fresh)};
    CHECK(scenario.server.count(Counter::dtls_replaced) == 1);
    CHECK(scenario.server.count(Counter::allocations_ended_disconnected) == 1);
    CHECK(again.allocate()->success());
}

TEST_CASE("a hello that comes twice begins one association", "[I16][I17]") {
    DtlsScenario scenario;
    auto wire = scenario.wire();
    wire->begin();
    wire->held = true;
    REQUIRE(wire->step());
    const auto hello = wire->datagrams.at(0);
    wire->held = false;
    wire->send_raw(hello);
    wire->send_raw(hello);
    REQUIRE(wire->connect());
    wire->send_raw(hello);
    SocketClient client{std::move(wire)};
    CHECK(client.allocate()->success());
    CHECK(scenario.server.count(Counter::dtls_accepted) == 1);
}

TEST_CASE("a goodbye ends the allocation and is answered", "[I18][D37]") {
    DtlsScenario scenario;
    auto client = scenario.client();
    REQUIRE(client.allocate()->success());
    auto& wire = DtlsScenario::wire_of(client);
    wire.close();
    CHECK(wire.closed());
    REQUIRE(scenario.server.reaches(Counter::dtls_closed, 1));
    CHECK(scenario.server.count(Counter::allocations_ended_disconnected) == 1);
    CHECK(scenario.server->free_ports() == 100);
}

TEST_CASE("a server that stops says goodbye", "[I18][P7]") {
    DtlsScenario scenario;
    auto client = scenario.client();
    REQUIRE(client.allocate()->success());
    scenario.server.stop();
    CHECK(DtlsScenario::wire_of(client).closed());
    CHECK(scenario.server.count(Counter::allocations_ended_shutdown) == 1);
}

TEST_CASE("an association without an allocation ends when it is idle", "[I8][threats]") {
    DtlsScenario scenario{[](config::Config& config) { config.limits.tcp_idle = 1s; }};
    auto idle = scenario.client();
    auto busy = scenario.client("127.0.0.3:0");
    REQUIRE(busy.allocate()->success());
    CHECK(DtlsScenario::wire_of(idle).closed());
    CHECK(busy.refresh(600s));
    CHECK(scenario.server.count(Counter::dtls_cut_idle) == 1);
}

TEST_CASE("a handshake that stands still ends, and its place is free again", "[I8][threats]") {
    DtlsScenario scenario{[](config::Config& config) {
        config.limits.tls_handshake = 1s;
        config.limits.tls_handshakes = 1;
    }};
    auto stalled = scenario.wire();
    stalled->begin();
    REQUIRE(stalled->step());
    REQUIRE(scenario.server.reaches(Counter::dtls_accepted, 1));
    auto refused = scenario.wire("127.0.0.3:0");
    refused->begin();
    REQUIRE(refused->step());
    REQUIRE(scenario.server.reaches(Counter::dtls_refused, 1));
    REQUIRE(scenario.server.reaches(Counter::dtls_cut_handshake, 1));
    CHECK(scenario.client("127.0.0.4:0").exchange(Method::binding));
    CHECK(scenario.client("127.0.0.5:0").exchange(Method::binding));
}

TEST_CASE("one address gets its share of associations and no more", "[threats]") {
    DtlsScenario scenario{
        [](config::Config& config) { config.limits.dtls_associations_per_address = 1; }};
    auto one = scenario.client();
    auto two = scenario.wire();
    two->begin();
    REQUIRE(two->step());
    REQUIRE(scenario.server.reaches(Counter::dtls_refused, 1));
    auto elsewhere = scenario.client("127.0.0.3:0");
    DtlsScenario::wire_of(one).close();
    REQUIRE(scenario.server.reaches(Counter::dtls_closed, 1));
    CHECK(scenario.client().exchange(Method::binding));
}

TEST_CASE("every worker has its own associations", "[P7][I17]") {
    DtlsScenario scenario{[](config::Config& config) { config.server.workers = 3; }};
    std::vector<SocketClient> clients;
    for (int index = 0; index < 16; ++index) clients.push_back(scenario.client());
    for (auto& client : clients) CHECK(client.allocate()->success());
}

}  // namespace
}  // namespace turnpike::worker
