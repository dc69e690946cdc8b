// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/channel_data.hpp"

#include <array>

#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

using test::hex;

static_assert(padded(0) == 0 && padded(1) == 4 && padded(4) == 4 && padded(5) == 8);
static_assert(padded(65539) == 65540);

TEST_CASE("channel data is a number and a payload", "[G17][I3][rfc8656-12.4]") {
    for (const char* name : {"channeldata_udp", "channeldata_tcp_padded"}) {
        const auto datagram = test::vector("derived", name);
        const auto channel_data = ChannelData::decode(datagram);
        REQUIRE(channel_data);
        CHECK(channel_data->number == 0x4001);
        CHECK(as_text(channel_data->payload) == "hello");
        CHECK(channel_data->payload.data() == datagram.data() + 4);
    }
}

TEST_CASE("channel data that claims more than there is, is none", "[G16][rfc8656-12.6]") {
    CHECK_FALSE(ChannelData::decode({}));
    CHECK_FALSE(ChannelData::decode(hex("400100")));
    CHECK_FALSE(ChannelData::decode(hex("40010001")));
    CHECK_FALSE(ChannelData::decode(hex("4001000668656c6c6f")));
    CHECK_FALSE(ChannelData::decode(hex("4001ffff68656c6c6f")));
}

TEST_CASE("channel data may be empty", "[G18]") {
    const auto datagram = hex("40010000");
    REQUIRE(ChannelData::decode(datagram));
    CHECK(ChannelData::decode(datagram)->payload.empty());
    const auto with_padding = hex("4001000000000000");
    CHECK(ChannelData::decode(with_padding)->payload.empty());
}

TEST_CASE("octets beyond the length are padding, whatever they hold", "[G17][X11]") {
    const auto datagram = hex("4001000161 ffffff eeeeeeee");
    CHECK(as_text(ChannelData::decode(datagram)->payload) == "a");
}

TEST_CASE("the header that is written is the header that is read", "[I3]") {
    std::array<std::byte, channel_header_octets> header{};
    encode_channel_header(header, 0x7FFE, 0xFFFF);
    CHECK(test::to_hex(header) == "7ffeffff");
    encode_channel_header(header, 0x4000, 0);
    CHECK(ChannelData::decode(header)->number == 0x4000);
}

}  // namespace
}  // namespace turnpike::protocol
