// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/port_holder.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include "server/net/socket_options.hpp"
#include "server/net/tcp_listener.hpp"
#include "server/net/udp_listener.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

using protocol::Endpoint;

Endpoint endpoint(const char* text) {
    return *Endpoint::parse(text);
}

// As the kernel prints it, on a machine whose words are little-endian.
constexpr std::string_view streams =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout "
    "inode\n"
    "   0: 0100007F:0D96 00000000:0000 01 00000000:00000000 00:00000000 00000000     0        0 41 "
    "1 0\n"
    "   1: 0100007F:0D96 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 42 "
    "1 0\n"
    "   2: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 43 "
    "1 0\n"
    "   3: nonsense 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 44 1 "
    "0\n";
constexpr std::string_view datagrams6 =
    "  sl  local_address rem_address st ...\n"
    "   7: 00000000000000000000000001000000:0D96 00000000000000000000000000000000:0000 07 "
    "00000000:00000000 00:00000000 00000000     0        0 99 2 0 0\n";

TEST_CASE("a socket is found by its port, on its address or a wildcard") {
    CHECK(find_socket(streams, endpoint("127.0.0.1:3478"), true) == 42);
    CHECK(find_socket(streams, endpoint("0.0.0.0:3478"), true) == 42);
    CHECK(find_socket(streams, endpoint("127.0.0.2:3478"), true) == std::nullopt);
    CHECK(find_socket(streams, endpoint("192.0.2.1:80"), true) == 43);
    CHECK(find_socket(streams, endpoint("192.0.2.1:81"), true) == std::nullopt);
    CHECK(find_socket(datagrams6, endpoint("[::1]:3478"), false) == 99);
    CHECK(find_socket(datagrams6, endpoint("[::2]:3478"), false) == std::nullopt);
    CHECK(find_socket("", endpoint("127.0.0.1:3478"), false) == std::nullopt);
}

TEST_CASE("the holder of a port is a process with a program") {
    const auto socket = net::open_udp_listener(endpoint("127.0.0.1:0"));
    REQUIRE(socket.has_value());
    const auto holder = find_port_holder(net::bound_to(socket->get()), false);
    REQUIRE(holder);
    CHECK(holder->process == ::getpid());
    CHECK(holder->program == own_program());
    CHECK_FALSE(own_program().empty());
}

TEST_CASE("of streams only who listens is in the way") {
    const auto listener = net::open_tcp_listener(endpoint("[::1]:0"));
    REQUIRE(listener.has_value());
    const Endpoint at = net::bound_to(listener->get());
    CHECK(find_port_holder(at, true) == PortHolder{::getpid(), own_program()});
    CHECK_FALSE(find_port_holder(at, false));
}

}  // namespace
}  // namespace turnpike::doctor
