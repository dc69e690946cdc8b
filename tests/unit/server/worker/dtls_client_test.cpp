// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/dtls_client.hpp"

#include "server/net/relay_socket.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dtls_wire.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;
using State = DtlsClient::State;
using telemetry::Counter;
using test::endpoint;

constexpr TimePoint start = TimePoint{} + 1h;

// A client behind a real socket, brought to where its handshake begins.
struct Scenario {
    Scenario() {
        net::prepare_for_dtls(*context);
        wire.begin();
        const auto datagram = socket.receive();
        const auto hello = protocol::ClientHello::decode(protocol::as_octets(datagram->payload));
        std::array<std::byte, 100> room{};
        socket.send(wire.local(), protocol::write_hello_verify_request(room, *hello, cookie));
        REQUIRE(wire.step());
    }
    [[nodiscard]] bool begins() {
        const auto datagram = socket.receive();
        const bool begun = client.begin(*context, protocol::as_octets(datagram->payload));
        outbox.flush();
        return begun;
    }
    // Takes in what the wire has sent. True where that completes the handshake.
    bool hears() {
        const auto datagram = socket.receive();
        const bool done = client.receive(protocol::as_octets(datagram->payload));
        while (const auto octets = client.next(buffer)) {
            heard.emplace_back(protocol::as_text(protocol::Bytes{buffer}.first(*octets)));
        }
        outbox.flush();
        return done;
    }
    void shakes_hands() {
        REQUIRE(begins());
        // All that the server's flight has.
        while (!test::wait_for(socket.descriptor(), POLLIN, 0ms)) REQUIRE(wire.step());
        while (!hears()) {
        }
        REQUIRE(wire.connect());
    }

    test::UdpSocket socket{endpoint("127.0.0.1:0")};  // the server's
    test::DtlsWire wire{endpoint("127.0.0.1:0"), socket.bound()};
    test::TlsContext context = test::make_server_context(DTLS_server_method());
    net::DtlsCookie cookie{std::byte{1}, std::byte{2}};
    telemetry::Counters counters;
    Outbox outbox{counters, net::best_packet_io()};
    int ended = 0;
    DtlsClient client{
        {.five_tuple = {wire.local(), socket.bound(), protocol::Transport::dtls},
         .path = {.socket = socket.descriptor(), .client = wire.local(), .source = {}},
         .number = 7,
         .hello = cookie,
         .limits = {.handshake = 10s, .idle = 30s},
         .now = start},
        outbox,
        [this](DtlsClient&) { ++ended; }};
    std::vector<std::byte> buffer = std::vector<std::byte>(20000);
    std::vector<std::string> heard;
};

TEST_CASE("an association that was begun shakes hands and talks", "[I17]") {
    Scenario scenario;
    scenario.shakes_hands();
    CHECK(scenario.client.state() == State::talking);
    CHECK(scenario.client.began_with(scenario.cookie));
    CHECK_FALSE(scenario.client.began_with({}));
    scenario.wire.send(protocol::as_octets("question"));
    CHECK_FALSE(scenario.hears());
    CHECK(scenario.heard == std::vector<std::string>{"question"});
    const ClientLink& link = scenario.client.link();
    link.answer(protocol::as_octets("answer"), scenario.outbox);
    CHECK(link.relay(protocol::as_octets("data"), scenario.outbox));
    scenario.outbox.flush();
    CHECK(scenario.wire.receive(test::patience) == test::hex("616e73776572"));
    CHECK(scenario.wire.receive(test::patience) == test::hex("64617461"));
}

TEST_CASE("nothing is sent in clear before the handshake is over", "[I17][threats]") {
    Scenario scenario;
    REQUIRE(scenario.begins());
    CHECK_FALSE(scenario.client.relay(protocol::as_octets("data")));
    scenario.client.answer(protocol::as_octets("answer"));
    CHECK(scenario.client.state() == State::handshaking);
}

TEST_CASE("a handshake has so long and no longer", "[I8][threats]") {
    Scenario scenario;
    REQUIRE(scenario.begins());
    // The first retransmission is due after a second.
    CHECK(scenario.client.next_deadline(start) > start + 500ms);
    CHECK(scenario.client.next_deadline(start) <= start + 1s);
    scenario.client.on_time(start + 9s, false);
    CHECK(scenario.client.state() == State::handshaking);
    CHECK(scenario.client.next_deadline(start + 9900ms) == start + 10s);
    scenario.client.on_time(start + 10s, false);
    CHECK(scenario.client.state() == State::over);
    CHECK(scenario.client.reason() == Counter::dtls_cut_handshake);
    CHECK(scenario.ended == 1);
}

TEST_CASE("idleness counts from the last message, and not with an allocation", "[I8]") {
    Scenario scenario;
    scenario.shakes_hands();
    DtlsClient& client = scenario.client;
    client.heard(start + 5s);
    CHECK(client.next_deadline(start + 5s) == start + 35s);
    client.on_time(start + 35s, true);
    CHECK(client.state() == State::talking);
    CHECK(client.next_deadline(start + 35s) == start + 65s);
    client.heard(start + 40s);
    client.on_time(start + 65s, false);
    CHECK(client.state() == State::talking);
    CHECK(client.next_deadline(start + 65s) == start + 70s);
    client.on_time(start + 70s, false);
    CHECK(client.reason() == Counter::dtls_cut_idle);
    CHECK(scenario.ended == 1);
}

TEST_CASE("the client's goodbye ends it once", "[I18]") {
    Scenario scenario;
    scenario.shakes_hands();
    scenario.wire.close();
    CHECK_FALSE(scenario.hears());
    CHECK(scenario.client.state() == State::over);
    CHECK(scenario.client.reason() == Counter::dtls_closed);
    scenario.client.finish(Counter::dtls_cut_idle);
    CHECK(scenario.client.reason() == Counter::dtls_closed);
    CHECK(scenario.ended == 1);
    CHECK_FALSE(scenario.client.relay(protocol::as_octets("late")));
    CHECK(scenario.wire.closed());
}

TEST_CASE("ours reaches the client", "[I18]") {
    Scenario scenario;
    scenario.shakes_hands();
    scenario.client.close();
    scenario.outbox.flush();
    CHECK(scenario.wire.closed());
}

TEST_CASE("what is no hello begins nothing", "[I16]") {
    Scenario scenario;
    CHECK_FALSE(scenario.client.begin(*scenario.context, protocol::as_octets("\x16 junk")));
}

}  // namespace
}  // namespace turnpike::worker
