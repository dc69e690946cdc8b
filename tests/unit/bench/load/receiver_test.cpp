// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/receiver.hpp"

#include <sys/socket.h>

#include <array>

#include "bench/load/stamp.hpp"
#include "bench/load/udp_socket.hpp"
#include "protocol/channel_data.hpp"
#include "protocol/message_builder.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

// A client's socket, and what a server sends to it.
struct Client {
    Client() { tally.begin(1); }
    void is_sent(protocol::Bytes octets) {
        const auto address = SocketAddress::of(own.local());
        sendto(server.native_handle(), octets.data(), octets.size(), 0,
               reinterpret_cast<const sockaddr*>(&address.storage), address.octets);
        receiver.turn(1s);
    }
    UdpSocket own{*protocol::IpAddress::parse("127.0.0.1")};
    UdpSocket server{*protocol::IpAddress::parse("127.0.0.1")};
    std::vector<Inlet> inlets{{.descriptor = own.native_handle(), .framing = Inlet::Framing::turn}};
    Tally tally{1};
    Receiver receiver{inlets, tally};
};

std::array<std::byte, stamp_octets> stamped(std::uint64_t sequence) {
    std::array<std::byte, stamp_octets> payload{};
    write_stamp(payload, {.run = 1, .sequence = sequence, .sent = monotonic_now()});
    return payload;
}

TEST_CASE("ChannelData and Data indications are counted alike") {
    Client client;
    std::array<std::byte, protocol::channel_header_octets + stamp_octets> data{};
    protocol::encode_channel_header(std::span{data}.first<protocol::channel_header_octets>(),
                                    0x4000, stamp_octets);
    std::ranges::copy(stamped(0), data.begin() + protocol::channel_header_octets);
    client.is_sent(data);
    CHECK(client.tally.delivered() == 1);
    std::array<std::byte, 256> buffer;
    protocol::MessageBuilder builder{
        buffer, protocol::MessageClass::indication, protocol::Method::data, {}};
    builder.bytes(protocol::AttributeType::data, stamped(1));
    client.is_sent(builder.finish());
    CHECK(client.tally.delivered() == 2);
}

TEST_CASE("an answer of the server's is handed on, junk is not") {
    Client client;
    std::size_t answers = 0;
    client.receiver.on_aside([&](std::size_t inlet, protocol::Bytes) {
        CHECK(inlet == 0);
        ++answers;
    });
    std::array<std::byte, 256> buffer;
    protocol::MessageBuilder builder{
        buffer, protocol::MessageClass::success, protocol::Method::refresh, {}};
    client.is_sent(builder.finish());
    client.is_sent(protocol::as_octets("\x01 no STUN"));
    client.is_sent(protocol::as_octets("\x40\x01\xFF\xFF too long"));
    CHECK(answers == 1);
    CHECK(client.tally.delivered() == 0);
}

}  // namespace
}  // namespace turnpike::bench
