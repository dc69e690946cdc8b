// SPDX-License-Identifier: BSD-3-Clause
//
// What joined connections carry, as much as it may be and no faster than it is read.
#include <thread>

#include "server/worker/peer_service.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/tcp_pair.hpp"
#include "tests/support/tcp_relay.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using telemetry::Counter;
using test::carries;
using test::loopback_config;
using test::Relayed;
using test::TcpWire;

TEST_CASE("64 MiB pass each way at once, octet for octet", "[J18]") {
    Relayed r;
    const std::string up = test::pattern(64U << 20U, 1);
    const std::string down = test::pattern(64U << 20U, 2);
    bool downwards = false;
    std::thread other{[&] {
        // Reading and writing halves of one socket are two threads' without meeting.
        std::thread sender{[&] { r.at_peer->say(down); }};
        downwards = r.data.wire().take(down.size()) == down;
        sender.join();
    }};
    std::thread sender{[&] { r.data.wire().say(up); }};
    const bool upwards = r.at_peer->take(up.size()) == up;
    sender.join();
    other.join();
    CHECK(upwards);
    CHECK(downwards);
}

// Pushes until nothing more is taken for a while, and yields how much was.
std::size_t push_until_stuck(const TcpWire& wire, const std::string& text) {
    std::size_t pushed = 0;
    while (test::wait_for(wire.descriptor(), POLLOUT, 300ms)) {
        const std::size_t count =
            wire.push(std::string_view{text}.substr(pushed % text.size(), 65536));
        if (count == 0) break;
        pushed += count;
    }
    return pushed;
}

TEST_CASE("a reader that does not read stops its writer, and costs us a pipe",
          "[J11][P7][threats]") {
    Relayed r;
    const bool upwards = GENERATE(true, false);
    TcpWire& writer = upwards ? r.data.wire() : *r.at_peer;
    TcpWire& reader = upwards ? *r.at_peer : r.data.wire();
    const std::string text = test::pattern(1U << 20U);
    const std::size_t pushed = push_until_stuck(writer, text);
    CHECK(pushed > 65536);
    CHECK(pushed < (64U << 20U));  // the buffers of four sockets and a pipe
    // The other way is free, and so are other clients.
    CHECK(carries(reader, writer, text));
    CHECK(r.control.refresh(600s));
    // Everything that was taken arrives once it is read.
    CHECK(reader.take(pushed).size() == pushed);
    CHECK(r.server.count(Counter::peer_cut_stalled) == 0);
}

TEST_CASE("a budget of octets ends the connection that uses it up", "[P3][J18]") {
    auto config = loopback_config();
    config.limits.bytes = 100'000;
    Relayed r{config};
    std::thread sender{[&] { r.data.wire().say(test::pattern(300'000)); }};
    const std::string received = r.at_peer->take(300'000);
    sender.join();
    CHECK(received == test::pattern(300'000).substr(0, received.size()));
    CHECK(received.size() == 100'000);
    CHECK(r.data.wire().closed());
    CHECK(r.server.reaches(Counter::peer_cut_limit, 1));
}

TEST_CASE("a rate holds a stream back and loses nothing of it", "[P3][H13][J18]") {
    auto config = loopback_config();
    config.limits.bits_per_second = 8'000'000;  // a burst of 250,000 octets
    Relayed r{config};
    CHECK(carries(r.data.wire(), *r.at_peer, test::pattern(700'000)));
    CHECK(carries(*r.at_peer, r.data.wire(), test::pattern(700'000)));
}

}  // namespace
}  // namespace turnpike::worker
