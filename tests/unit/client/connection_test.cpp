// SPDX-License-Identifier: BSD-3-Clause
#include "client/connection.hpp"

#include <algorithm>

#include "tests/support/catch.hpp"
#include "tests/support/loopback_server.hpp"

namespace turnpike::client {
namespace {

using namespace std::chrono_literals;
using test::LoopbackServer;

std::vector<std::byte> echo(protocol::Bytes octets) {
    return {octets.begin(), octets.end()};
}

Connection open(const LoopbackServer& server, std::string_view transport) {
    const auto uri =
        protocol::Uri::parse("turn:" + server.host_and_port() + std::string{transport});
    REQUIRE(uri.has_value());
    auto connection = Connection::open(*uri, {});
    REQUIRE(connection.has_value());
    return std::move(*connection);
}

constexpr std::array<std::byte, 5> channel_data{std::byte{0x40}, std::byte{0x00}, std::byte{0x00},
                                                std::byte{0x01}, std::byte{0x2A}};

TEST_CASE("a datagram goes out and comes back whole", "[client]") {
    const LoopbackServer server{SOCK_DGRAM, echo};
    auto connection = open(server, "?transport=udp");
    REQUIRE(connection.send(channel_data));
    const auto back = connection.receive(Clock::now() + 5s);
    REQUIRE(back.has_value());
    CHECK(std::ranges::equal(*back, channel_data));
}

TEST_CASE("ChannelData on a stream is padded and unpadded", "[I3]") {
    std::size_t octets_seen = 0;
    const LoopbackServer server{SOCK_STREAM, [&octets_seen](protocol::Bytes octets) {
                                    octets_seen += octets.size();
                                    return echo(octets);
                                }};
    auto connection = open(server, "?transport=tcp");
    REQUIRE(connection.send(channel_data));
    const auto back = connection.receive(Clock::now() + 5s);
    REQUIRE(back.has_value());
    CHECK(std::ranges::equal(*back, channel_data));
    CHECK(octets_seen == 8);
}

TEST_CASE("messages that share a segment are received one by one", "[I4]") {
    const LoopbackServer server{SOCK_STREAM, [](protocol::Bytes octets) {
                                    auto twice = echo(octets);
                                    twice.insert(twice.end(), octets.begin(), octets.end());
                                    return twice;
                                }};
    auto connection = open(server, "?transport=tcp");
    REQUIRE(connection.send(channel_data));
    for (int round = 0; round < 2; ++round) {
        const auto back = connection.receive(Clock::now() + 5s);
        REQUIRE(back.has_value());
        CHECK(std::ranges::equal(*back, channel_data));
    }
}

TEST_CASE("a stream of junk ends with a reason", "[I7]") {
    const LoopbackServer server{
        SOCK_STREAM, [](protocol::Bytes) { return std::vector<std::byte>(8, std::byte{0xFF}); }};
    auto connection = open(server, "?transport=tcp");
    REQUIRE(connection.send(channel_data));
    CHECK_FALSE(connection.receive(Clock::now() + 5s).has_value());
    CHECK(connection.last_error().find("neither STUN nor ChannelData") != std::string::npos);
}

TEST_CASE("a server that speaks no TLS fails the handshake with a sentence", "[client]") {
    const LoopbackServer server{
        SOCK_STREAM, [](protocol::Bytes) { return std::vector<std::byte>(64, std::byte{'x'}); }};
    const auto uri = protocol::Uri::parse("turns:" + server.host_and_port() + "?transport=tcp");
    REQUIRE(uri.has_value());
    const auto connection = Connection::open(*uri, {});
    REQUIRE_FALSE(connection.has_value());
    CHECK(connection.error().text.find("handshake failed") != std::string::npos);
    CHECK(connection.error().cause.find("does not speak TLS") != std::string::npos);
}

TEST_CASE("a connection begins at the address that it is told to, if that is here", "[client]") {
    const LoopbackServer server{SOCK_DGRAM, echo};
    const auto there = *protocol::Endpoint::parse(server.host_and_port());
    const auto connect_from = [&](std::string_view address) {
        return Connection::connect(protocol::Transport::udp, there,
                                   {.local = protocol::IpAddress::parse(address)});
    };
    const auto connection = connect_from("127.0.0.2");
    REQUIRE(connection.has_value());
    sockaddr_in own{};
    socklen_t size = sizeof own;
    getsockname(connection->native_handle(), reinterpret_cast<sockaddr*>(&own), &size);
    CHECK(ntohl(own.sin_addr.s_addr) == 0x7F000002);
    CHECK(connect_from("192.0.2.1").error().text.starts_with("192.0.2.1: "));
}

}  // namespace
}  // namespace turnpike::client
