// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/client_link.hpp"

#include "server/net/relay_socket.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/wire.hpp"

namespace turnpike::worker {
namespace {

using test::endpoint;

struct Recorder final : StreamWriter {
    std::string answered;
    std::string relayed;
    bool has_room = true;

    void answer(protocol::Bytes message) override { answered += protocol::as_text(message); }
    bool relay(protocol::Bytes message) override {
        if (has_room) relayed += protocol::as_text(message);
        return has_room;
    }
    void leave(WorkerIndex) override {}
    bool attach(const turn::PeerConnection&) override { return false; }
};

TEST_CASE("a UDP client is told through the outbox") {
    telemetry::Counters counters;
    Outbox outbox{counters, net::best_packet_io()};
    const auto socket = net::open_relay_socket(endpoint("127.0.0.1:0"));
    const test::UdpSocket client{endpoint("127.0.0.1:0")};
    const ClientLink link{.socket = socket->get(), .client = client.bound(), .source = {}};
    link.answer(protocol::as_octets("answer"), outbox);
    CHECK(link.relay(protocol::as_octets("data"), outbox));
    CHECK_FALSE(client.receive(std::chrono::milliseconds{0}));
    outbox.flush();
    CHECK(client.receive()->payload == "answer");
    CHECK(client.receive()->payload == "data");
}

TEST_CASE("a connection is told through its stream, which may have no room for data", "[I9]") {
    telemetry::Counters counters;
    Outbox outbox{counters, net::best_packet_io()};
    Recorder stream;
    const ClientLink link{.client = {}, .source = {}, .stream = &stream};
    link.answer(protocol::as_octets("answer"), outbox);
    CHECK(link.relay(protocol::as_octets("data"), outbox));
    stream.has_room = false;
    CHECK_FALSE(link.relay(protocol::as_octets("more"), outbox));
    CHECK(stream.answered == "answer");
    CHECK(stream.relayed == "data");
}

}  // namespace
}  // namespace turnpike::worker
