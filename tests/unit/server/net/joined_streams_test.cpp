// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/joined_streams.hpp"

#include <sys/socket.h>

#include <csignal>

#include "tests/support/catch.hpp"
#include "tests/support/tcp_pair.hpp"

namespace turnpike::net {
namespace {

using test::receive_some;
using test::send_some;
using test::TcpPair;

constexpr std::size_t allowed = 65536;
constexpr std::size_t queue_octets = 262144;

// A Binding indication, in place of the ConnectionBind.
constexpr std::string_view request{
    "\x00\x11\x00\x00\x21\x12\xA4\x42"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    20};

struct Joined {
    explicit Joined(Passage passage, std::string_view early = {}, int buffer_bytes = 0)
        : client{buffer_bytes}, peer{buffer_bytes} {
        TcpConnection connection{client.near.get(), protocol::ChannelRange::rfc5766, queue_octets};
        const std::string said = std::string{request} + std::string{early};
        REQUIRE(send_some(client.far, said) == said.size());
        REQUIRE(test::wait_for(client.near.get(), POLLIN));
        REQUIRE(connection.read(shared) == TcpConnection::Input::some);
        REQUIRE(connection.next());
        REQUIRE(connection.queue_answer(protocol::as_octets("success")));
        connection.detach();
        std::ranges::fill(shared, std::byte{});
        streams.emplace(std::move(connection), peer.near.get(), passage, pool);
    }
    Moved up(std::size_t octets = allowed) { return streams->to_peer(octets, shared); }
    Moved down(std::size_t octets = allowed) { return streams->to_client(octets, shared); }

    TcpPair client;
    TcpPair peer;
    PipePool pool;
    std::vector<std::byte> shared = std::vector<std::byte>(65536);
    std::optional<JoinedStreams> streams;
};

std::string wait_and_receive(const FileDescriptor& socket, std::size_t size) {
    std::string text;
    while (text.size() < size && test::wait_for(socket.get(), POLLIN)) text += receive_some(socket);
    return text;
}

TEST_CASE("the answer comes first, and what the client said behind its request is not lost",
          "[J11][J18]") {
    Joined j{GENERATE(Passage::splice, Passage::copy), "early"};
    const Moved up = j.up();
    CHECK(up.read == 5);
    CHECK(up.taken == 5);
    CHECK(wait_and_receive(j.peer.far, 5) == "early");
    REQUIRE(send_some(j.peer.far, "greeting") == 8);
    REQUIRE(test::wait_for(j.peer.near.get(), POLLIN));
    const Moved down = j.down();
    CHECK(down.read == 8);
    CHECK(down.taken == 8);
    CHECK(wait_and_receive(j.client.far, 15) == "successgreeting");
    CHECK(j.down().flow == Flow::idle);
    CHECK(j.up().flow == Flow::idle);
}

TEST_CASE("no more is read than is allowed", "[P3]") {
    Joined j{GENERATE(Passage::splice, Passage::copy)};
    REQUIRE(send_some(j.client.far, "0123456789") == 10);
    REQUIRE(send_some(j.peer.far, "0123456789") == 10);
    REQUIRE(test::wait_for(j.client.near.get(), POLLIN));
    REQUIRE(test::wait_for(j.peer.near.get(), POLLIN));
    CHECK(j.up(3).read == 3);
    CHECK(j.down(4).read == 4);
    CHECK(j.up().read == 7);
    CHECK(j.down().read == 6);
}

struct Way {
    const FileDescriptor& source;
    const FileDescriptor& sink;
    std::string_view before;  // what comes out of the sink first
};

// Moves everything of `text` by `step`, with a reader that starts late.
template <typename Step>
void carry(const Way& way, const std::string& text, Step&& step) {
    const auto& [source, sink, before] = way;
    std::size_t written = 0;
    std::string received;
    for (bool stuck = false; !stuck;) {
        const std::size_t fresh = send_some(source, std::string_view{text}.substr(written));
        written += fresh;
        const Moved moved = step();
        stuck = fresh == 0 && moved.flow == Flow::blocked && moved.taken == 0;
    }
    CHECK(written < text.size());
    bool ended = false;
    while (!ended || received.size() < before.size() + text.size()) {
        written += send_some(source, std::string_view{text}.substr(written));
        if (written == text.size()) ::shutdown(source.get(), SHUT_WR);
        if (!ended) {
            const Moved moved = step();
            REQUIRE(moved.flow != Flow::broken);
            ended = moved.flow == Flow::ended;
        }
        received += receive_some(sink);
    }
    CHECK((received == std::string{before} + text));
    CHECK(test::at_end(sink));
}

TEST_CASE("a late reader gets everything, and then the end", "[J11][J19]") {
    Joined j{GENERATE(Passage::splice, Passage::copy), {}, 4096};
    const std::string text = test::pattern(3'000'000);
    SECTION("the peer") {
        carry({j.client.far, j.peer.far, {}}, text, [&] { return j.up(); });
    }
    SECTION("the client") {
        carry({j.peer.far, j.client.far, "success"}, text, [&] { return j.down(); });
    }
}

TEST_CASE("an end that fails is told from one that ends", "[J19][threats]") {
    std::signal(SIGPIPE, SIG_IGN);
    Joined j{GENERATE(Passage::splice, Passage::copy)};
    const auto reset = [](TcpPair& pair) {
        const linger at_once{1, 0};
        REQUIRE(::setsockopt(pair.far.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
        pair.far = {};
        REQUIRE(test::wait_for(pair.near.get(), POLLIN));
    };
    SECTION("the client") {
        REQUIRE(send_some(j.peer.far, "lost") == 4);
        REQUIRE(test::wait_for(j.peer.near.get(), POLLIN));
        reset(j.client);
        CHECK(j.up().flow == Flow::gone);
        CHECK(j.down().flow == Flow::broken);
    }
    SECTION("the peer") {
        REQUIRE(send_some(j.client.far, "lost") == 4);
        REQUIRE(test::wait_for(j.client.near.get(), POLLIN));
        reset(j.peer);
        CHECK(j.down().flow == Flow::gone);
        CHECK(j.up().flow == Flow::broken);
    }
}

}  // namespace
}  // namespace turnpike::net
