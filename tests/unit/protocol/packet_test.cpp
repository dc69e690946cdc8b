// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/packet.hpp"

#include "protocol/channel_data.hpp"
#include "protocol/message.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::protocol {
namespace {

// A Data indication around a payload from an IPv6 peer: RFC 8656 section 11.6.
static_assert(packet_headroom >= header_octets + 24 + 4);

TEST_CASE("a header is stripped and another added without moving the payload", "[G16][G18]") {
    auto buffer = test::hex("ffffffff4001000568656c6c6fffffff");
    Packet packet{buffer, 4, 9};
    const std::byte* const hello = buffer.data() + 8;

    packet.narrow(ChannelData::decode(packet.payload())->payload);
    CHECK(packet.payload().data() == hello);
    CHECK(packet.size() == 5);
    CHECK(packet.headroom() == 8);
    CHECK(packet.tailroom() == 3);

    encode_channel_header(packet.prepend(4).first<4>(), 0x4002, 5);
    for (std::byte& octet : packet.append(3)) octet = std::byte{0};
    CHECK(test::to_hex(packet.payload()) == "4002000568656c6c6f000000");
    CHECK(packet.payload().data() + 4 == hello);
    CHECK(packet.headroom() == 4);
    CHECK(packet.tailroom() == 0);
}

TEST_CASE("an empty payload is a packet too", "[G18][H2]") {
    auto buffer = test::hex("40010000");
    Packet packet{buffer, 0, 4};
    packet.narrow(packet.payload().subspan(4));
    CHECK(packet.size() == 0);
    CHECK(packet.headroom() == 4);
    CHECK(test::to_hex(packet.prepend(4)) == "40010000");
}

}  // namespace
}  // namespace turnpike::protocol
