// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/classify.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

static_assert(channel_max(ChannelRange::rfc5766) == 0x7FFE);
static_assert(channel_max(ChannelRange::rfc8656) == 0x4FFF);

Kind kind_of(unsigned first, ChannelRange channels) {
    const std::array datagram{static_cast<std::byte>(first), std::byte{}};
    return classify(datagram, channels);
}

TEST_CASE("the first byte says what a datagram is", "[A4][A32][rfc7983-7]") {
    struct Row {
        unsigned first, last;
        Kind rfc8656, rfc5766;
    };
    constexpr std::array rows{
        Row{0, 3, Kind::stun, Kind::stun},
        Row{4, 19, Kind::junk, Kind::junk},  // 16-19: ZRTP
        Row{20, 63, Kind::dtls, Kind::dtls},
        Row{64, 79, Kind::channel_data, Kind::channel_data},
        Row{80, 127, Kind::junk, Kind::channel_data},
        Row{128, 255, Kind::junk, Kind::junk},  // 128-191: RTP
    };
    unsigned next = 0;
    for (const Row& row : rows) {
        CHECK(row.first == next);
        next = row.last + 1;
        for (unsigned first = row.first; first <= row.last; ++first) {
            CAPTURE(first);
            CHECK(kind_of(first, ChannelRange::rfc8656) == row.rfc8656);
            CHECK(kind_of(first, ChannelRange::rfc5766) == row.rfc5766);
        }
    }
    CHECK(next == 256);
}

TEST_CASE("an empty datagram is junk", "[A6]") {
    CHECK(classify({}, ChannelRange::rfc5766) == Kind::junk);
}

}  // namespace
}  // namespace turnpike::protocol
