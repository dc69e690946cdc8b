// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/peer_stream.hpp"

#include <csignal>

#include "tests/support/catch.hpp"
#include "tests/support/tcp_pair.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using telemetry::Counter;
using test::receive_some;
using test::send_some;
using State = PeerStream::State;

constexpr PeerStreamSettings limits{.not_reading = 300s, .half_closed = 60s};

relay::SessionSeed seed(std::uint64_t bytes, std::uint64_t bits_per_second) {
    relay::SessionSeed made;
    made.limits.bytes = bytes;
    made.limits.bits_per_second = bits_per_second;
    return made;
}

// A client and a peer whose connections are joined. Only what a test calls moves anything.
struct Joined {
    explicit Joined(const relay::SessionSeed& seed = {}, int buffer_bytes = 0)
        : session{seed, now}, client{buffer_bytes}, peer{buffer_bytes} {
        auto name = names.take(0);
        const turn::PeerConnection connection{protocol::AllocationId{1}, name.id(), {}};
        stream.emplace(PeerStream::Setup{.connection = connection,
                                         .name = std::move(name),
                                         .peer = watch(peer.near),
                                         .awaited = std::nullopt,
                                         .limits = limits},
                       [](PeerStream&) {});
        CHECK(stream->state() == State::waiting);
        net::TcpConnection plain{client.near.get(), protocol::ChannelRange::rfc5766, 262144};
        stream->join({.socket = watch(client.near), .connection = std::move(plain), .place = {}},
                     pipes, now);
    }
    std::unique_ptr<net::Watch> watch(net::FileDescriptor& socket) {
        return std::make_unique<net::Watch>(io, std::move(socket));
    }
    std::optional<protocol::TimePoint> move() {
        return stream->move({session, counters, shared, now});
    }
    // Moves until `text` has come out, or the patience is over.
    std::string move_to(const net::FileDescriptor& socket, std::size_t size) {
        std::string text;
        for (int turn = 0; turn < 1000 && text.size() < size; ++turn) {
            (void)move();
            if (test::wait_for(socket.get(), POLLIN, 10ms)) text += receive_some(socket);
        }
        return text;
    }
    // Until neither the sender nor the stream can go on; how much was sent.
    std::size_t stuff(const net::FileDescriptor& source) {
        const std::string text = test::pattern(65536);
        std::size_t sent = 0;
        for (int idle = 0; idle < 3; ++idle) {
            while (const std::size_t count = send_some(source, text)) {
                sent += count;
                idle = 0;
                (void)move();
            }
            (void)test::wait_for(source.get(), POLLOUT, 20ms);
            (void)move();
        }
        return sent;
    }

    protocol::TimePoint now{1h};
    boost::asio::io_context io;
    ConnectionDirectory names;
    telemetry::Counters counters;
    relay::Session session;
    net::PipePool pipes;
    std::vector<std::byte> shared = std::vector<std::byte>(65536);
    test::TcpPair client;
    test::TcpPair peer;
    std::optional<PeerStream> stream;
};

void shut(const net::FileDescriptor& socket) {
    REQUIRE(::shutdown(socket.get(), SHUT_WR) == 0);
}

void reset(net::FileDescriptor& socket) {
    const linger at_once{1, 0};
    REQUIRE(::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
    socket = {};
}

TEST_CASE("both ways are paid for and counted", "[J18][P3]") {
    Joined j{seed(100, 0)};
    REQUIRE(send_some(j.client.far, "question") == 8);
    CHECK(j.move_to(j.peer.far, 8) == "question");
    REQUIRE(send_some(j.peer.far, "answer") == 6);
    CHECK(j.move_to(j.client.far, 6) == "answer");
    CHECK(j.session.traffic_to_peer().bytes == 8);
    CHECK(j.session.traffic_from_peer().bytes == 6);
    CHECK(j.counters.read(Counter::bytes_to_peer) == 8);
    CHECK(j.counters.read(Counter::bytes_to_client) == 6);
    REQUIRE(send_some(j.client.far, std::string(200, 'x')) == 200);
    CHECK(j.move_to(j.peer.far, 86) == std::string(86, 'x'));
    (void)j.move();
    CHECK(j.stream->state() == State::over);
    CHECK(j.stream->reason() == Counter::peer_cut_limit);
}

TEST_CASE("a rate holds back, says until when, and loses nothing", "[P3][J18]") {
    Joined j{seed(0, 80'000)};  // 10,000 octets a second
    const std::string text = test::pattern(30'000);
    REQUIRE(send_some(j.client.far, text) == text.size());
    std::string received;
    int rests = 0;
    for (int turn = 0; turn < 10'000 && received.size() < text.size(); ++turn) {
        if (const auto again = j.move()) {
            CHECK(*again > j.now);
            j.now = *again;
            ++rests;
        }
        if (test::wait_for(j.peer.far.get(), POLLIN, 10ms)) received += receive_some(j.peer.far);
    }
    CHECK((received == text));
    CHECK(rests > 3);
    CHECK(j.now - protocol::TimePoint{1h} > 2s);
    CHECK_FALSE(j.stream->due(j.now + 1h));
}

TEST_CASE("a reader that stands still is cut after a while, whatever the other way does",
          "[J11][P7][threats]") {
    Joined j{{}, 4096};
    const bool upwards = GENERATE(true, false);
    auto& source = upwards ? j.client.far : j.peer.far;
    auto& sink = upwards ? j.peer.far : j.client.far;
    const std::size_t sent = j.stuff(source);
    CHECK(sent < (8U << 20U));
    CHECK_FALSE(j.stream->due(j.now + 299s));
    CHECK(j.stream->due(j.now + 300s) == Counter::peer_cut_stalled);
    // Its own words are no sign that it reads.
    j.now += 299s;
    REQUIRE(send_some(sink, "busy") == 4);
    CHECK(j.move_to(source, 4) == "busy");
    CHECK(j.stream->due(j.now + 1s) == Counter::peer_cut_stalled);
    // A few octets are.
    std::size_t received = j.move_to(sink, 1).size();
    CHECK(received > 0);
    while (received < sent) received += j.move_to(sink, 1).size();
    CHECK_FALSE(j.stream->due(j.now + 299s));
    CHECK_FALSE(j.stream->due(j.now + 1h));  // nothing waits
}

TEST_CASE("when one side has ended the other may be silent for a while, and slow for longer",
          "[J19][threats]") {
    Joined j{{}, 4096};
    const bool client_ends = GENERATE(true, false);
    auto& ended = client_ends ? j.client.far : j.peer.far;
    auto& other = client_ends ? j.peer.far : j.client.far;
    SECTION("silent") {
        shut(ended);
        while (!test::wait_for(other.get(), POLLIN, 10ms)) (void)j.move();
        CHECK(test::at_end(other));
        CHECK_FALSE(j.stream->due(j.now + 59s));
        j.now += 59s;
        REQUIRE(send_some(other, "not yet") == 7);
        CHECK(j.move_to(ended, 7) == "not yet");
        CHECK_FALSE(j.stream->due(j.now + 59s));
        CHECK(j.stream->due(j.now + 60s) == Counter::peer_closed);
        shut(other);
        for (int turn = 0; turn < 100 && j.stream->state() != State::over; ++turn) (void)j.move();
        CHECK(j.stream->state() == State::over);
    }
    SECTION("slow") {
        const std::size_t sent = j.stuff(other);
        shut(ended);
        while (!test::wait_for(other.get(), POLLIN, 10ms)) (void)j.move();
        CHECK_FALSE(j.stream->due(j.now + 299s));
        CHECK(j.move_to(ended, sent).size() == sent);
    }
}

TEST_CASE("a side that goes while the other still speaks takes nothing along that it had said",
          "[J19][threats]") {
    Joined j{{}, 4096};
    std::signal(SIGPIPE, SIG_IGN);
    // The peer answers at length and goes, and the client, which reads later, sends on meanwhile.
    const std::size_t sent = j.stuff(j.peer.far);
    shut(j.peer.far);
    std::string received = j.move_to(j.client.far, sent / 2);
    REQUIRE(send_some(j.client.far, "what the peer will not read") == 27);
    while (received.size() < sent) received += j.move_to(j.client.far, 1);
    CHECK(test::at_end(j.client.far));
    reset(j.peer.far);
    for (int turn = 0; turn < 10 && j.stream->state() != State::over; ++turn) {
        (void)send_some(j.client.far, "more");
        (void)j.move();
    }
    CHECK(received.size() == sent);
    // Whatever the client says is for nobody; its end is the end.
    j.client.far = {};
    for (int turn = 0; turn < 100 && j.stream->state() != State::over; ++turn) (void)j.move();
    CHECK(j.stream->state() == State::over);
    CHECK(j.stream->reason() == Counter::peer_closed);
}

TEST_CASE("a reset ends both ways at once", "[J19][threats]") {
    std::signal(SIGPIPE, SIG_IGN);
    Joined j;
    reset(GENERATE(true, false) ? j.client.far : j.peer.far);
    for (int turn = 0; turn < 100 && j.stream->state() != State::over; ++turn) (void)j.move();
    CHECK(j.stream->state() == State::over);
    CHECK(j.stream->reason() == Counter::peer_closed);
}

}  // namespace
}  // namespace turnpike::worker
