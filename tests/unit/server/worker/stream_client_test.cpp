// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/stream_client.hpp"

#include <sys/socket.h>

#include <array>

#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;
using State = StreamClient::State;
using telemetry::Counter;

constexpr TimePoint start = TimePoint{} + 1h;

struct Scenario {
    Scenario() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) ==
                0);
        far = net::FileDescriptor{ends[1]};
        client.emplace(
            StreamClient::Setup{
                .socket = std::make_unique<net::Watch>(io, net::FileDescriptor{ends[0]}),
                .connection = {ends[0], protocol::ChannelRange::rfc5766, limits.queue_octets_max},
                .five_tuple = {},
                .place = {},
                .limits = limits,
                .now = start},
            [this](StreamClient&) { ++changes; });
    }
    // What the client sends, read as the service reads it.
    void says(std::string_view text, TimePoint now) {
        REQUIRE(::send(far.get(), text.data(), text.size(), 0) ==
                static_cast<ssize_t>(text.size()));
        std::array<std::byte, 1024> shared{};
        REQUIRE(client->connection().read(shared) == net::TcpConnection::Input::some);
        while (client->connection().next()) client->heard(now);
        client->drained(now);
    }
    [[nodiscard]] std::optional<Counter> due(TimePoint now, bool has_allocation = false) {
        return client->due(now, has_allocation);
    }

    boost::asio::io_context io{1};
    StreamSettings limits{.queue_octets_max = 1000,
                          .idle = 30s,
                          .first_message = 10s,
                          .half_message = 5s,
                          .not_reading = 20s};
    net::FileDescriptor far;
    std::optional<StreamClient> client;
    int changes = 0;
};

// A Binding indication, and the beginning of channel data.
constexpr std::string_view whole{
    "\x00\x11\x00\x00\x21\x12\xA4\x42"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    20};
constexpr std::string_view half{"\x40\x01", 2};

TEST_CASE("a connection has ten seconds for its first whole message", "[I8]") {
    Scenario s;
    CHECK(s.client->state() == State::fresh);
    CHECK_FALSE(s.due(start + 9s));
    CHECK(s.due(start + 10s) == Counter::tcp_cut_idle);
    s.says(whole, start + 9s);
    CHECK(s.client->state() == State::talking);
    CHECK_FALSE(s.due(start + 38s));
}

TEST_CASE("silence ends a connection without an allocation and no other", "[I8]") {
    Scenario s;
    s.says(whole, start);
    CHECK_FALSE(s.due(start + 29s));
    CHECK(s.due(start + 30s) == Counter::tcp_cut_idle);
    CHECK_FALSE(s.due(start + 24h, true));
}

TEST_CASE("a message that was begun has to be ended, an octet now and then is not enough",
          "[I8][threats]") {
    Scenario s;
    s.says(whole, start);
    s.says("\x40", start + 1s);
    s.says("\x01", start + 4s);
    CHECK_FALSE(s.due(start + 5s, true));
    CHECK(s.due(start + 6s, true) == Counter::tcp_cut_idle);
    s.says(std::string_view{"\x00\x00", 2}, start + 6s);
    CHECK_FALSE(s.due(start + 24h, true));
    s.says(half, start + 25h);
    CHECK_FALSE(s.due(start + 25h + 4s, true));
    CHECK(s.due(start + 25h + 5s, true) == Counter::tcp_cut_idle);
}

TEST_CASE("a client that takes nothing is cut, one that takes a little is not", "[I9]") {
    Scenario s;
    s.says(whole, start);
    REQUIRE(s.client->relay(protocol::as_octets("waiting")));
    CHECK_FALSE(s.due(start, true));
    CHECK_FALSE(s.due(start + 19s, true));
    SECTION("nothing") {
        CHECK(s.due(start + 20s, true) == Counter::tcp_cut_slow_reader);
    }
    SECTION("a little") {
        s.client->flush();
        REQUIRE(s.client->relay(protocol::as_octets("waiting again")));
        CHECK_FALSE(s.due(start + 20s, true));
        CHECK_FALSE(s.due(start + 39s, true));
        CHECK(s.due(start + 40s, true) == Counter::tcp_cut_slow_reader);
    }
}

TEST_CASE("after a half-close what is owed goes out, and then the connection is over", "[I10]") {
    Scenario s;
    s.client->answer(protocol::as_octets("owed"));
    s.client->half_close();
    CHECK_FALSE(s.client->relay(protocol::as_octets("no more data")));
    s.client->flush();
    CHECK(s.client->state() == State::over);
    CHECK(s.client->reason() == Counter::tcp_closed);
    std::array<char, 16> buffer{};
    CHECK(::recv(s.far.get(), buffer.data(), buffer.size(), 0) == 4);
}

TEST_CASE("an answer without room ends the connection, for the first reason that is given",
          "[I9]") {
    Scenario s;
    const std::string answer(1000, 'a');
    while (s.client->state() != State::over) s.client->answer(protocol::as_octets(answer));
    s.client->finish(Counter::tcp_closed);
    CHECK(s.client->reason() == Counter::tcp_cut_slow_reader);
    const int changes = s.changes;
    CHECK_FALSE(s.client->relay(protocol::as_octets("late")));
    s.client->answer(protocol::as_octets("late"));
    CHECK(s.changes == changes);
}

TEST_CASE("a client that leaves takes along what it is owed and what it said last") {
    Scenario s;
    s.client->answer(protocol::as_octets("owed"));
    const std::string twice{std::string{whole} + std::string{whole}};
    REQUIRE(::send(s.far.get(), twice.data(), twice.size(), 0) == 40);
    std::array<std::byte, 1024> shared{};
    REQUIRE(s.client->connection().read(shared) == net::TcpConnection::Input::some);
    REQUIRE(s.client->connection().next());
    s.client->leave(7);
    CHECK(s.client->state() == State::leaving);
    CHECK(std::get<WorkerIndex>(s.client->destination()) == 7);
    CHECK_FALSE(s.client->relay(protocol::as_octets("no data on the way")));
    s.client->half_close();
    s.client->flush();
    CHECK(s.client->state() == State::leaving);

    HandedConnection handed = s.client->release();
    s.client.reset();
    shared.fill({});
    int messages = 0;
    while (const auto frame = handed.connection.next()) {
        CHECK(protocol::as_text(frame->message) == whole);
        ++messages;
    }
    CHECK(messages == 2);
    CHECK(handed.connection.flush() == net::TcpConnection::Output::done);
    std::array<char, 16> buffer{};
    CHECK(::recv(s.far.get(), buffer.data(), buffer.size(), 0) == 4);
}

TEST_CASE("a client that is joined to a peer takes along what it said after its request",
          "[J18][rfc6062-5.4]") {
    Scenario s;
    const std::string more{std::string{whole} + "for the peer"};
    REQUIRE(::send(s.far.get(), more.data(), more.size(), 0) == 32);
    std::array<std::byte, 1024> shared{};
    REQUIRE(s.client->connection().read(shared) == net::TcpConnection::Input::some);
    REQUIRE(s.client->connection().next());
    s.client->answer(protocol::as_octets("success"));
    const turn::PeerConnection connection{
        .allocation = {}, .connection = protocol::ConnectionId{5}, .peer = {}};
    REQUIRE(s.client->attach(connection));
    s.client->leave(7);  // too late
    CHECK_FALSE(s.client->attach(connection));
    CHECK(std::get<turn::PeerConnection>(s.client->destination()).connection ==
          protocol::ConnectionId{5});
    HandedConnection handed = s.client->release();
    shared.fill({});
    CHECK(protocol::as_text(handed.connection.take_ahead()) == "for the peer");
    CHECK(handed.connection.queued() == 7);
}

TEST_CASE("a client that is gone is over when it is written to") {
    Scenario s;
    s.far = {};
    s.client->answer(protocol::as_octets("lost"));
    s.client->flush();
    CHECK(s.client->state() == State::over);
    CHECK_FALSE(s.client->attach({}));  // too late to be joined to a peer
}

}  // namespace
}  // namespace turnpike::worker
