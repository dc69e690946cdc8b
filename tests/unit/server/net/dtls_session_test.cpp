// SPDX-License-Identifier: BSD-3-Clause
//
// Two OpenSSLs, and between them a network that may lose, repeat, reorder and damage. A failure
// prints the seed that reproduces it.
#include "server/net/dtls_session.hpp"

#include <algorithm>
#include <random>
#include <utility>
#include <vector>

#include "protocol/dtls_hello.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dtls_client.hpp"
#include "tests/support/openssl_clock.hpp"

namespace turnpike::net {
namespace {

using protocol::Bytes;
using protocol::ClientHello;
using test::copy_of;
using test::DtlsClient;
using test::Octets;
using State = DtlsSession::State;

struct Faults {
    unsigned loss = 0;  // of a hundred datagrams
    unsigned repetition = 0;
    unsigned reordering = 0;
    unsigned damage = 0;
};

struct InFlight {
    bool to_server = false;
    Octets octets;
};

// A client, a server with the cookie exchange in front, and what lies between them.
class Talk {
public:
    explicit Talk(const Faults& faults = {}, std::uint64_t seed = 1, std::size_t padding = 0)
        : faults_{faults},
          random_{seed},
          context_{test::make_server_context(DTLS_server_method(), padding)} {
        prepare_for_dtls(*context_);
    }

    void heal() { faults_ = {}; }
    void client_begins() {
        client.shake_hands();
        deliver();
    }
    void shake_hands() {
        client_begins();
        for (int round = 0; round < 200 && !both_open(); ++round) time_passes();
    }
    [[nodiscard]] bool both_open() const {
        return client.open() && server && server->state() == State::open;
    }

    // Until nothing is under way.
    void deliver() {
        while (!in_flight.empty()) {
            const std::size_t place =
                strikes(faults_.reordering) ? random_() % in_flight.size() : 0;
            const auto chosen = in_flight.begin() + static_cast<std::ptrdiff_t>(place);
            const InFlight datagram = *chosen;
            in_flight.erase(chosen);
            datagram.to_server ? at_server(datagram.octets) : client.receive(datagram.octets);
        }
    }
    // Until whoever waits for an answer sends again.
    void time_passes() {
        const auto never = std::chrono::microseconds::max();
        const auto wait = std::min(client.until_retransmission().value_or(never),
                                   server ? server->until_retransmission().value_or(never) : never);
        if (wait == never) return;
        test::openssl_time_passes(wait);
        client.on_time();
        if (server) server->on_time();
        deliver();
    }

    void at_server(Bytes datagram) {
        if (server) {
            Octets buffer = copy_of(datagram);
            server->receive(buffer);
            while (const auto size = server->next(buffer)) {
                messages.emplace_back(protocol::as_text(Bytes{buffer}.first(*size)));
            }
            return;
        }
        const auto hello = ClientHello::decode(datagram);
        if (!hello) return;
        if (hello->cookie.empty()) {
            Octets buffer(100);
            send(false, protocol::write_hello_verify_request(buffer, *hello, test::hex("c0c1")));
        } else {
            server = DtlsSession::accept(*context_, datagram,
                                         [this](Bytes octets) { send(false, octets); });
        }
    }

    void send(bool to_server, Bytes octets) {
        sent.push_back({to_server, copy_of(octets)});
        if (strikes(faults_.loss)) return;
        InFlight datagram{to_server, copy_of(octets)};
        if (strikes(faults_.damage)) {
            datagram.octets[random_() % octets.size()] ^= std::byte{0x10};
        }
        if (strikes(faults_.repetition)) in_flight.push_back(datagram);
        in_flight.push_back(std::move(datagram));
    }

    DtlsClient client{[this](Bytes octets) { send(true, octets); }};
    std::unique_ptr<DtlsSession> server;
    std::vector<std::string> messages;  // as the server read them
    std::vector<InFlight> in_flight;
    std::vector<InFlight> sent;

private:
    bool strikes(unsigned percent) { return random_() % 100 < percent; }

    Faults faults_;
    std::mt19937_64 random_;
    test::TlsContext context_;
};

TEST_CASE("a handshake succeeds and messages go both ways", "[I17][rfc6347-4]") {
    Talk talk;
    talk.shake_hands();
    REQUIRE(talk.both_open());
    CHECK(std::string{SSL_get_version(talk.client.ssl())} == "DTLSv1.2");
    talk.client.send("one");
    talk.client.send("two");
    talk.deliver();
    CHECK(talk.messages == std::vector<std::string>{"one", "two"});
    CHECK(talk.server->send(protocol::as_octets("three")));
    CHECK(talk.in_flight.size() == 1);
    talk.deliver();
    CHECK(talk.client.messages().front() == "three");
}

TEST_CASE("a handshake survives loss, repetition and reordering", "[I17][rfc6347-4.2.4]") {
    const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 25)));
    INFO("seed " << seed);
    Talk talk{{.loss = 30, .repetition = 30, .reordering = 50}, seed, 4000};
    talk.shake_hands();
    CHECK(talk.both_open());
}

TEST_CASE("damage in the handshake spoils no association that comes of it", "[I17][threats]") {
    int opened = 0;
    for (std::uint64_t seed = 1; seed <= 24; ++seed) {
        INFO("seed " << seed);
        Talk talk{{.damage = 20}, seed};
        talk.shake_hands();
        if (!talk.both_open()) continue;
        ++opened;
        talk.heal();
        talk.client.send("through");
        talk.deliver();
        CHECK(talk.messages == std::vector<std::string>{"through"});
    }
    CHECK(opened > 0);
    CHECK(opened < 24);
}

TEST_CASE("a flight that is lost is sent again, later each time", "[I17][rfc6347-4.2.4.1]") {
    Talk talk{{}};
    talk.client.shake_hands();
    talk.at_server(std::exchange(talk.in_flight, {}).front().octets);
    talk.client.receive(std::exchange(talk.in_flight, {}).front().octets);
    talk.at_server(std::exchange(talk.in_flight, {}).front().octets);
    REQUIRE(talk.server);
    const std::size_t flight = talk.in_flight.size();
    std::chrono::microseconds before{};
    for (int round = 0; round < 4; ++round) {
        talk.in_flight.clear();
        const auto wait = talk.server->until_retransmission();
        REQUIRE(wait.has_value());
        CHECK(*wait > before);
        before = *wait + std::chrono::milliseconds{500};
        talk.server->on_time();
        CHECK(talk.in_flight.empty());  // not yet
        test::openssl_time_passes(*wait);
        talk.server->on_time();
        CHECK(talk.in_flight.size() >= flight);
    }
}

TEST_CASE("no datagram of a handshake is so long that IP would fragment it",
          "[I17][rfc6347-4.1.1.1]") {
    Talk talk{{}, 1, 8000};
    talk.shake_hands();
    REQUIRE(talk.both_open());
    std::size_t octets = 0;
    for (const auto& datagram : talk.sent) {
        CHECK(datagram.octets.size() <= 1200);
        if (!datagram.to_server) octets += datagram.octets.size();
    }
    CHECK(octets > 8000);
}

TEST_CASE("a record that is damaged, cut or repeated is dropped and the next one read",
          "[I17][rfc6347-4.1.2.7]") {
    Talk talk;
    talk.shake_hands();
    REQUIRE(talk.both_open());
    const auto record_of = [&talk](std::string_view message) {
        talk.client.send(message);
        return std::exchange(talk.in_flight, {}).front().octets;
    };
    const auto harms_nothing = [&](Bytes datagram) {
        talk.at_server(datagram);
        CHECK(talk.messages.empty());
        talk.at_server(record_of("next"));
        CHECK(std::exchange(talk.messages, {}) == std::vector<std::string>{"next"});
    };
    const Octets good = record_of("first");
    for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
        auto flipped = good;
        flipped[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
        harms_nothing(flipped);
    }
    for (std::size_t size = 0; size < good.size(); ++size) {
        harms_nothing(Bytes{good}.first(size));
    }
    CHECK(talk.server->state() == State::open);
    CHECK(talk.in_flight.empty());
}

TEST_CASE("a record that comes twice is read once", "[I17][rfc6347-4.1.2.6]") {
    Talk talk;
    talk.shake_hands();
    talk.client.send("once");
    const Octets record = std::exchange(talk.in_flight, {}).front().octets;
    talk.at_server(record);
    talk.at_server(record);
    CHECK(talk.messages == std::vector<std::string>{"once"});
    CHECK(talk.server->state() == State::open);
}

TEST_CASE("messages in one datagram are read one by one", "[I17]") {
    Talk talk;
    talk.shake_hands();
    talk.client.send("one");
    talk.client.send("two");
    Octets both = talk.in_flight[0].octets;
    const auto& second = talk.in_flight[1].octets;
    both.insert(both.end(), second.begin(), second.end());
    talk.in_flight.clear();
    talk.at_server(both);
    CHECK(talk.messages == std::vector<std::string>{"one", "two"});
}

TEST_CASE("the largest message passes and a larger one does not", "[I17]") {
    Talk talk;
    talk.shake_hands();
    const std::string largest(dtls_message_octets_max, 'x');
    CHECK(talk.server->send(protocol::as_octets(largest)));
    CHECK_FALSE(talk.server->send(protocol::as_octets(largest + 'x')));
    talk.deliver();
    REQUIRE(talk.client.messages().size() == 1);
    CHECK(talk.client.messages().front() == largest);
    talk.client.send(largest);
    talk.deliver();
    CHECK(talk.messages == std::vector{largest});
}

TEST_CASE("who closes says so, and is answered", "[I18][rfc5246-7.2.1]") {
    Talk talk;
    talk.shake_hands();
    SECTION("the client") {
        talk.client.close();
        talk.deliver();
        CHECK(talk.server->state() == State::closed);
        CHECK(talk.client.over());
    }
    SECTION("the server") {
        talk.server->close();
        talk.server->close();
        CHECK(talk.in_flight.size() == 1);
        talk.deliver();
        CHECK(talk.client.over());
    }
    CHECK(talk.server->state() == State::closed);
    CHECK_FALSE(talk.server->send(protocol::as_octets("late")));
}

TEST_CASE("a client that knows DTLS 1.0 alone gets an alert", "[X18][I17]") {
    Talk talk;
    SSL_set_max_proto_version(talk.client.ssl(), DTLS1_VERSION);
    SSL_set_security_level(talk.client.ssl(), 0);
    talk.shake_hands();
    CHECK_FALSE(talk.both_open());
    CHECK(talk.client.over());
}

TEST_CASE("nobody renegotiates", "[I12][threats]") {
    Talk talk;
    talk.shake_hands();
    SSL_renegotiate(talk.client.ssl());
    SSL_do_handshake(talk.client.ssl());
    talk.at_server(std::exchange(talk.in_flight, {}).front().octets);
    CHECK(talk.server->state() == State::open);
    REQUIRE(talk.in_flight.size() == 1);
    CHECK(talk.in_flight.front().octets.size() < 60);  // an alert, and no flight
}

TEST_CASE("a client can make a handshake keep a few early records and no more", "[threats]") {
    Talk talk;
    talk.client.shake_hands();
    talk.at_server(std::exchange(talk.in_flight, {}).front().octets);
    talk.client.receive(std::exchange(talk.in_flight, {}).front().octets);
    talk.at_server(std::exchange(talk.in_flight, {}).front().octets);
    auto early = test::hex(
        "17fefd0001000000000000"
        "0100");
    early.resize(early.size() + 256);
    for (unsigned number = 0; number < 5000; ++number) {
        early[9] = static_cast<std::byte>(number >> 8U);
        early[10] = static_cast<std::byte>(number);
        talk.at_server(early);
    }
    CHECK(talk.server->state() == State::handshaking);
    for (int round = 0; round < 10 && !talk.both_open(); ++round) {
        talk.deliver();
        talk.time_passes();
    }
    // They took the place of its own Finished; it has to begin anew.
    CHECK(talk.server->state() == State::handshaking);
}

TEST_CASE("a hello that is none begins nothing", "[I16][threats]") {
    const auto context = test::make_server_context(DTLS_server_method());
    prepare_for_dtls(*context);
    const auto octets = test::hex("16fefd000000000000000000020100");
    CHECK(DtlsSession::accept(*context, octets, [](Bytes) {}) == nullptr);
    CHECK(DtlsSession::accept(*context, {}, [](Bytes) {}) == nullptr);
}

}  // namespace
}  // namespace turnpike::net
