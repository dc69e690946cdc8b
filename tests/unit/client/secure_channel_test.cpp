// SPDX-License-Identifier: BSD-3-Clause
#include "client/secure_channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/certificate.hpp"

namespace turnpike::client {
namespace {

using namespace std::chrono_literals;

// The server's end of a pair of sockets: shakes hands and echoes one read.
class EchoOnce {
public:
    explicit EchoOnce(int socket) : thread_{[this, socket] { serve(socket); }} {}
    ~EchoOnce() { thread_.join(); }
    EchoOnce(const EchoOnce&) = delete;
    EchoOnce& operator=(const EchoOnce&) = delete;

private:
    void serve(int socket) {
        const std::unique_ptr<SSL, test::Release> ssl{SSL_new(context_.get())};
        SSL_set_fd(ssl.get(), socket);
        std::array<std::byte, 64> buffer{};
        std::size_t octets = 0;
        if (SSL_accept(ssl.get()) == 1 &&
            SSL_read_ex(ssl.get(), buffer.data(), buffer.size(), &octets) == 1) {
            SSL_write_ex(ssl.get(), buffer.data(), octets, &octets);
            SSL_shutdown(ssl.get());
        }
        ::close(socket);
    }

    test::TlsContext context_ = test::make_server_context(TLS_server_method());
    std::thread thread_;
};

struct Sockets {
    Sockets() {
        std::signal(SIGPIPE, SIG_IGN);  // as the program does
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) == 0);
        REQUIRE(::fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    }
    ~Sockets() { ::close(ends[0]); }
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;
    std::array<int, 2> ends{};
};

const SecureChannel::Peer peer{.endpoint = {}, .host = "turn.example.org", .datagrams = false};

std::chrono::steady_clock::time_point soon() {
    return std::chrono::steady_clock::now() + 10s;
}

TEST_CASE("octets go through a channel and come back", "[client]") {
    const Sockets sockets;
    const EchoOnce server{sockets.ends[1]};
    auto channel = SecureChannel::open(sockets.ends[0], peer, {.verify = false}, soon());
    REQUIRE(channel.has_value());
    CHECK(channel->description().find("certificate of turn.example.org until") !=
          std::string::npos);
    CHECK(channel->description().find("TLSv1.3") == 0);
    const std::array<std::byte, 3> sent{std::byte{1}, std::byte{2}, std::byte{3}};
    REQUIRE(channel->write(sent));
    std::array<std::byte, 64> buffer{};
    std::optional<std::size_t> octets;
    while (!(octets = channel->read(buffer))) {
        pollfd waiting{sockets.ends[0], POLLIN, 0};
        REQUIRE(::poll(&waiting, 1, 10'000) == 1);
    }
    REQUIRE(*octets == sent.size());
    CHECK(std::equal(sent.begin(), sent.end(), buffer.begin()));
}

TEST_CASE("a server that nobody vouches for is refused, by name", "[R6]") {
    const Sockets sockets;
    const EchoOnce server{sockets.ends[1]};
    const auto channel = SecureChannel::open(sockets.ends[0], peer, {}, soon());
    REQUIRE_FALSE(channel.has_value());
    CHECK(channel.error().text.find("turn.example.org") != std::string::npos);
    CHECK(channel.error().cause.find("--ca") != std::string::npos);
}

TEST_CASE("a file of authorities that is not there is said", "[client]") {
    const Sockets sockets;
    const auto channel =
        SecureChannel::open(sockets.ends[0], peer, {.authorities = "/no/such/file"}, soon());
    ::close(sockets.ends[1]);
    REQUIRE_FALSE(channel.has_value());
    CHECK(channel.error().text.find("/no/such/file") != std::string::npos);
}

TEST_CASE("a server that hangs up during the handshake fails it", "[client]") {
    const Sockets sockets;
    ::close(sockets.ends[1]);
    const auto channel = SecureChannel::open(sockets.ends[0], peer, {}, soon());
    REQUIRE_FALSE(channel.has_value());
    CHECK(channel.error().text.find("handshake failed") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::client
