// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/poller.hpp"

#include <set>
#include <vector>

#include "server/net/error_queue.hpp"
#include "server/net/relay_socket.hpp"
#include "server/net/send_batch.hpp"
#include "server/net/socket_options.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::net {
namespace {

using test::endpoint;
using test::UdpSocket;

FileDescriptor relay_socket() {
    auto socket = open_relay_socket(endpoint("127.0.0.1:0"));
    REQUIRE(socket.has_value());
    return *std::move(socket);
}

void read(int socket) {
    std::array<std::byte, 64> octets{};
    CHECK(::recv(socket, octets.data(), octets.size(), MSG_DONTWAIT) > 0);
}

TEST_CASE("sockets that are ready are told by name, together, until they are read") {
    boost::asio::io_context context{1};
    const auto one = relay_socket();
    const auto two = relay_socket();
    const auto quiet = relay_socket();
    const UdpSocket peer{endpoint("127.0.0.1:0")};
    std::vector<std::set<std::uint64_t>> told;
    Poller poller{context, [&] {
                      auto& names = told.emplace_back();
                      for (const auto& each : poller.take()) {
                          CHECK(each.is_readable);
                          CHECK_FALSE(each.is_failing);
                          names.insert(each.name);
                      }
                      if (told.size() == 1) return;  // nobody was read: they are told of again
                      read(one.get());
                      read(two.get());
                      context.stop();
                  }};
    CHECK(poller.add(one.get(), 1));
    CHECK(poller.add(two.get(), 1ULL << 63U));
    CHECK(poller.add(quiet.get(), 3));
    peer.send(bound_to(one.get()), "x");
    peer.send(bound_to(two.get()), "x");
    context.run();
    const std::set<std::uint64_t> both{1, 1ULL << 63U};
    CHECK(told == std::vector{both, both});
    CHECK(poller.take().empty());
}

TEST_CASE("a socket that was closed is told of no more") {
    boost::asio::io_context context{1};
    Poller poller{context, [] {}};
    auto socket = relay_socket();
    const UdpSocket peer{endpoint("127.0.0.1:0")};
    CHECK(poller.add(socket.get(), 7));
    peer.send(bound_to(socket.get()), "x");
    CHECK(poller.take().size() == 1);
    socket = {};
    CHECK(poller.take().empty());
    CHECK_FALSE(poller.add(-1, 8));
}

TEST_CASE("an error is told for as long as one waits") {
    boost::asio::io_context context{1};
    Poller poller{context, [] {}};
    const auto socket = relay_socket();
    CHECK(poller.add(socket.get(), 7));
    const auto nobody = UdpSocket{endpoint("127.0.0.1:0")}.bound();  // closed again
    SendBatch batch;
    batch.add({socket.get(), nobody, {}, {}});
    batch.add({socket.get(), nobody, {}, {}});
    CHECK(batch.flush() == 0);
    int errors = 0;
    for (auto ready = poller.take(); !ready.empty(); ready = poller.take()) {
        CHECK(ready[0].is_failing);
        errors += next_icmp_error(socket.get()) ? 1 : 0;  // one a call
        REQUIRE(errors <= 2);
    }
    CHECK(errors == 2);
}

TEST_CASE("all get their turn, however many are ready") {
    boost::asio::io_context context{1};
    Poller poller{context, [] {}};
    const UdpSocket peer{endpoint("127.0.0.1:0")};
    std::vector<FileDescriptor> sockets;
    constexpr std::size_t count = 2 * Poller::ready_max + 1;
    for (std::uint64_t name = 0; name < count; ++name) {
        sockets.push_back(relay_socket());
        CHECK(poller.add(sockets.back().get(), name));
        peer.send(bound_to(sockets.back().get()), "x");
    }
    std::set<std::uint64_t> told;
    for (int round = 0; round < 3; ++round) {
        for (const auto& each : poller.take()) told.insert(each.name);
    }
    CHECK(told.size() == count);
}

}  // namespace
}  // namespace turnpike::net
