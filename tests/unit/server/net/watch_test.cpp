// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/watch.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>

#include "server/net/error_queue.hpp"
#include "server/net/relay_socket.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

struct Pair {
    Pair() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) ==
                0);
        near = FileDescriptor{ends[0]};
        far = FileDescriptor{ends[1]};
    }
    void write(std::string_view text) const {
        REQUIRE(::send(far.get(), text.data(), text.size(), 0) ==
                static_cast<ssize_t>(text.size()));
    }
    FileDescriptor near;
    FileDescriptor far;
};

std::string read_from(int descriptor) {
    std::array<char, 16> buffer{};
    const auto count = ::recv(descriptor, buffer.data(), 1, 0);
    return {buffer.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

TEST_CASE("reading is called for as long as something is left") {
    boost::asio::io_context context{1};
    Pair pair;
    Watch watch{context, std::move(pair.near)};
    REQUIRE(watch);
    std::string seen;
    watch.on_readable([&] {
        seen += read_from(watch.descriptor());  // one octet a call
        if (seen.size() == 3) context.stop();
    });
    pair.write("abc");
    context.run();
    CHECK(seen == "abc");
}

TEST_CASE("a paused watch is silent until it is resumed") {
    boost::asio::io_context context{1};
    Pair pair;
    Watch watch{context, std::move(pair.near)};
    int calls = 0;
    watch.on_readable([&] {
        ++calls;
        watch.pause_reading();
    });
    pair.write("ab");
    context.run();  // out of work: nothing is waited for
    CHECK(calls == 1);
    context.restart();
    watch.resume_reading();
    context.run();
    CHECK(calls == 2);
}

TEST_CASE("writing is called once for each request") {
    boost::asio::io_context context{1};
    Pair pair;
    Watch watch{context, std::move(pair.near)};
    int calls = 0;
    watch.on_writable([&] { ++calls; });
    watch.wait_writable();
    watch.wait_writable();
    context.run();
    CHECK(calls == 1);
}

TEST_CASE("a watch that goes in its own callback closes its descriptor and calls nothing more") {
    boost::asio::io_context context{1};
    Pair pair;
    const int raw = pair.near.get();
    auto watch = std::make_unique<Watch>(context, std::move(pair.near));
    int calls = 0;
    // Both ways are ready at once: the second completion is queued when the first is called.
    watch->on_readable([&] {
        ++calls;
        watch.reset();
    });
    watch->on_writable([&] {
        ++calls;
        watch.reset();
    });
    watch->wait_writable();
    pair.write("x");
    context.run();
    CHECK(calls == 1);
    CHECK(::fcntl(raw, F_GETFD) == -1);
}

TEST_CASE("a descriptor that cannot be watched is an error") {
    boost::asio::io_context context{1};
    Watch watch{context, FileDescriptor{}};
    CHECK_FALSE(watch);
}

TEST_CASE("a descriptor that is released stays open and goes on at another watch") {
    boost::asio::io_context first{1};
    boost::asio::io_context second{1};
    Pair pair;
    Watch watch{first, std::move(pair.near)};
    int calls = 0;
    watch.on_readable([&] { ++calls; });
    watch.on_writable([&] { ++calls; });
    watch.wait_writable();
    pair.write("a");
    FileDescriptor released = watch.release();
    REQUIRE(released);
    CHECK_FALSE(watch);
    first.run();
    CHECK(calls == 0);
    Watch other{second, std::move(released)};
    std::string seen;
    other.on_readable([&] {
        seen += read_from(other.descriptor());
        second.stop();
    });
    second.run();
    CHECK(seen == "a");
}

}  // namespace
}  // namespace turnpike::net
