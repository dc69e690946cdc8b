// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/splice.hpp"

#include <sys/socket.h>

#include <csignal>

#include "tests/support/catch.hpp"
#include "tests/support/tcp_pair.hpp"

namespace turnpike::net {
namespace {

using test::receive_some;
using test::send_some;
using test::TcpPair;

constexpr std::size_t chunk = 65536;

struct Way {
    explicit Way(int buffer_bytes = 0) : source{buffer_bytes}, sink{buffer_bytes} {}
    [[nodiscard]] Moved move(std::size_t allowed = chunk) {
        return splice.move(source.near.get(), sink.near.get(), allowed);
    }
    TcpPair source;
    TcpPair sink;
    PipePool pool;
    Splice splice{pool};
};

TEST_CASE("octets pass as they came, and no more at once than is allowed", "[J18][rfc6062-5.4]") {
    Way way;
    CHECK(way.move().flow == Flow::idle);
    CHECK(way.pool.spare() == 1);
    REQUIRE(send_some(way.source.far, "0123456789") == 10);
    REQUIRE(test::wait_for(way.source.near.get(), POLLIN));
    const Moved first = way.move(4);
    CHECK(first.flow == Flow::moving);
    CHECK(first.read == 4);
    CHECK(first.taken == 4);
    CHECK(way.move().taken == 6);
    CHECK(way.move().flow == Flow::idle);
    REQUIRE(test::wait_for(way.sink.far.get(), POLLIN));
    std::string seen;
    while (seen.size() < 10) seen += receive_some(way.sink.far);
    CHECK(seen == "0123456789");
}

TEST_CASE("a reader that takes nothing stops the reading, and gets everything when it does",
          "[J11][J19][threats]") {
    Way way{4096};
    const std::string sent = test::pattern(4'000'000);
    std::size_t written = 0;
    std::size_t read = 0;
    // Until neither the sender nor we can go on.
    for (bool stuck = false; !stuck;) {
        const std::size_t fresh = send_some(way.source.far, std::string_view{sent}.substr(written));
        written += fresh;
        const Moved moved = way.move();
        read += moved.read;
        stuck = fresh == 0 && moved.flow == Flow::blocked && moved.taken == 0;
    }
    CHECK(way.splice.waiting() > 0);
    CHECK(way.splice.waiting() <= chunk);
    CHECK(written < sent.size());
    CHECK(way.move().read == 0);

    std::string received;
    bool ended = false;
    while (received.size() < sent.size() || !ended) {
        written += send_some(way.source.far, std::string_view{sent}.substr(written));
        if (written == sent.size()) ::shutdown(way.source.far.get(), SHUT_WR);
        if (!ended) {
            const Moved moved = way.move();
            read += moved.read;
            ended = moved.flow == Flow::ended;
            REQUIRE(moved.flow != Flow::broken);
        }
        received += receive_some(way.sink.far);
    }
    CHECK((received == sent));
    CHECK(read == sent.size());
    CHECK(way.splice.waiting() == 0);
}

TEST_CASE("the end is reported when everything before it was taken", "[J19][rfc6062-5.5]") {
    Way way;
    REQUIRE(send_some(way.source.far, "last") == 4);
    ::shutdown(way.source.far.get(), SHUT_WR);
    REQUIRE(test::wait_for(way.source.near.get(), POLLIN));
    CHECK(way.move().flow == Flow::moving);
    REQUIRE(test::wait_for(way.source.near.get(), POLLIN));
    CHECK(way.move().flow == Flow::ended);
    CHECK(receive_some(way.sink.far) == "last");
}

TEST_CASE("a source that resets is gone, a sink that does is broken", "[J19][threats]") {
    std::signal(SIGPIPE, SIG_IGN);
    Way way;
    const auto reset = [](FileDescriptor& socket) {
        const linger at_once{1, 0};
        REQUIRE(::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) == 0);
        socket = {};
    };
    SECTION("source") {
        reset(way.source.far);
        REQUIRE(test::wait_for(way.source.near.get(), POLLIN));
        CHECK(way.move().flow == Flow::gone);
    }
    SECTION("sink") {
        reset(way.sink.far);
        REQUIRE(test::wait_for(way.sink.near.get(), POLLIN));
        REQUIRE(send_some(way.source.far, "lost") == 4);
        REQUIRE(test::wait_for(way.source.near.get(), POLLIN));
        CHECK(way.move().flow == Flow::broken);
    }
}

}  // namespace
}  // namespace turnpike::net
