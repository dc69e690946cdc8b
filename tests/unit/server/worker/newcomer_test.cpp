// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/newcomer.hpp"

#include <sys/socket.h>

#include <array>

#include "protocol/bytes.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::worker {
namespace {

using namespace std::string_view_literals;
using protocol::Transport;
using test::endpoint;
using State = Newcomer::State;

struct Scenario {
    Scenario(Entrance entrance, bool has_proxy) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) ==
                0);
        far = net::FileDescriptor{ends[1]};
        newcomer.emplace(Newcomer::Setup{
            .socket = std::make_unique<net::Watch>(io, net::FileDescriptor{ends[0]}),
            .client = endpoint("10.0.0.1:1000"),
            .server = endpoint("10.0.0.2:443"),
            .place = limits.take(endpoint("10.0.0.1:1000").address),
            .entrance = entrance,
            .has_proxy = has_proxy,
            .now = {}});
    }
    State says(std::string_view text) {
        REQUIRE(::send(far.get(), text.data(), text.size(), 0) ==
                static_cast<ssize_t>(text.size()));
        return newcomer->read(shared);
    }

    ConnectionLimits limits{0, 0};
    boost::asio::io_context io{1};
    net::FileDescriptor far;
    std::optional<Newcomer> newcomer;
    std::array<std::byte, 16384> shared{};
};

std::string text_of(const std::vector<std::byte>& octets) {
    return std::string{protocol::as_text(octets)};
}

TEST_CASE("the first octet tells TLS from what is plain", "[I15][rfc7983-7]") {
    const auto [first, transport] =
        GENERATE(table<std::string_view, Transport>({{"\x16\x03\x01"sv, Transport::tls},
                                                     {"\x00\x01"sv, Transport::tcp},
                                                     {"\x01\x01"sv, Transport::tcp},
                                                     {"GET /"sv, Transport::tcp},
                                                     {"\x40"sv, Transport::tcp}}));
    Scenario s{Entrance::automatic, false};
    CHECK(s.newcomer->state() == State::first_octet);
    REQUIRE(s.says(first) == State::known);
    const Arrival arrival = s.newcomer->leave();
    CHECK(arrival.five_tuple ==
          protocol::FiveTuple{endpoint("10.0.0.1:1000"), endpoint("10.0.0.2:443"), transport});
    CHECK(text_of(arrival.first) == first);
    CHECK(arrival.place);
    CHECK(arrival.socket.get() >= 0);
    CHECK_FALSE(s.newcomer->renamed());
}

TEST_CASE("a proxy names the client, however its header is cut") {
    Scenario s{Entrance::secured, true};
    const std::string header = "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n";
    const std::size_t cut = GENERATE(range<std::size_t>(1, 45));
    REQUIRE(s.says(header.substr(0, cut)) == State::header);
    REQUIRE(s.says(header.substr(cut) + "and more") == State::known);
    CHECK(s.newcomer->renamed());
    const Arrival arrival = s.newcomer->leave();
    CHECK(arrival.five_tuple.client == endpoint("192.0.2.1:56324"));
    CHECK(arrival.five_tuple.server == endpoint("198.51.100.1:443"));
    CHECK(arrival.five_tuple.transport == Transport::tls);
    CHECK(text_of(arrival.first) == "and more");
}

TEST_CASE("behind a proxy's header one port still takes both", "[I15]") {
    Scenario s{Entrance::automatic, true};
    REQUIRE(s.says("PROXY UNKNOWN\r\n") == State::first_octet);
    REQUIRE(s.says("\x16") == State::known);
    CHECK_FALSE(s.newcomer->renamed());
    const Arrival arrival = s.newcomer->leave();
    CHECK(arrival.five_tuple.client == endpoint("10.0.0.1:1000"));
    CHECK(arrival.five_tuple.transport == Transport::tls);
}

TEST_CASE("a header that is missing, malformed or endless is no header", "[threats]") {
    Scenario s{Entrance::plain, true};
    const auto text =
        GENERATE("\x16\x03\x01"sv, "GET / HTTP/1.1\r\n"sv, "\x01\x01\x16"sv, "PROXY TCP4 x\r\n"sv);
    CHECK(s.says(text) == State::broken);
    Scenario endless{Entrance::plain, true};
    CHECK(endless.says("PROXY TCP4 ") == State::header);
    CHECK(endless.says(std::string(200, 'x')) == State::broken);
}

TEST_CASE("no more is read than a header may be", "[threats]") {
    Scenario s{Entrance::plain, true};
    const std::string_view head{"\r\n\r\n\0\r\nQUIT\n\x21\x11\x0F\xF0", 16};
    CHECK(s.says(head) == State::header);
    CHECK(s.says(std::string(10000, '\1')) == State::known);
    CHECK(s.newcomer->leave().first.empty());
}

TEST_CASE("a connection that closes before it is known is gone") {
    Scenario s{Entrance::automatic, false};
    CHECK(s.newcomer->read(s.shared) == State::first_octet);
    s.far = {};
    CHECK(s.newcomer->read(s.shared) == State::gone);
}

}  // namespace
}  // namespace turnpike::worker
