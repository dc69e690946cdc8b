// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/stream_framer.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/vectors.hpp"

namespace turnpike::protocol {
namespace {

using test::hex;
using test::Octets;
using State = Frame::State;

constexpr ChannelRange wide = ChannelRange::rfc5766;
constexpr ChannelRange narrow = ChannelRange::rfc8656;

static_assert(frame_octets_max == 65552);

// What a connection does: keep what came, take what is whole.
class Connection {
public:
    void arrives(Bytes octets) {
        buffer_.insert(buffer_.end(), octets.begin(), octets.end());
        for (;;) {
            const Frame frame = next_frame(buffer_, wide);
            if (frame.state == State::broken) broken_ = true;
            if (frame.state == State::incomplete) CHECK(frame.octets > buffer_.size());
            if (frame.state != State::complete) return;
            messages_.push_back(test::copy_of(frame.message));
            buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<long>(frame.octets));
        }
    }
    [[nodiscard]] const std::vector<Octets>& messages() const { return messages_; }
    [[nodiscard]] bool broken() const { return broken_; }
    [[nodiscard]] bool idle() const { return buffer_.empty(); }

private:
    Octets buffer_;
    std::vector<Octets> messages_;
    bool broken_ = false;
};

// A talk with both kinds of message: padded, empty, and of every alignment.
struct Talk {
    Talk() {
        add(test::vector("derived", "allocate_md5_mi"), 0);
        add(hex("40000000"), 0);
        add(test::vector("derived", "channeldata_udp"), 3);
        add(test::vector("rfc5769", "request"), 0);
        add(hex("7ffe0001aa"), 3);
        add(hex("40010002aabb"), 2);
        add(hex("40010003aabbcc"), 1);
        add(hex("000100002112a442000000000000000000000000"), 0);
    }
    void add(const Octets& message, std::size_t padding) {
        messages.push_back(message);
        stream.insert(stream.end(), message.begin(), message.end());
        stream.insert(stream.end(), padding, std::byte{0xEE});
    }
    std::vector<Octets> messages;
    Octets stream;
};

TEST_CASE("messages come out of a stream split at any octet", "[I2][I3][I4][rfc8656-12.5]") {
    const Talk talk;
    for (std::size_t split = 0; split <= talk.stream.size(); ++split) {
        CAPTURE(split);
        Connection connection;
        connection.arrives(Bytes{talk.stream}.first(split));
        connection.arrives(Bytes{talk.stream}.subspan(split));
        REQUIRE(connection.messages() == talk.messages);
        REQUIRE(connection.idle());
    }
}

TEST_CASE("messages come out of a stream one octet at a time", "[I4][rfc8489-6.2.2]") {
    const Talk talk;
    Connection connection;
    for (const std::byte& octet : talk.stream) connection.arrives({&octet, 1});
    CHECK(connection.messages() == talk.messages);
    CHECK(connection.idle());
    CHECK_FALSE(connection.broken());
}

TEST_CASE("many messages in one read are all found", "[I5]") {
    const Talk talk;
    Octets thrice;
    for (int round = 0; round < 3; ++round) {
        thrice.insert(thrice.end(), talk.stream.begin(), talk.stream.end());
    }
    Connection connection;
    connection.arrives(thrice);
    CHECK(connection.messages().size() == 3 * talk.messages.size());
}

Octets sized(std::string_view start, std::size_t length, std::size_t octets) {
    Octets frame(octets, std::byte{0x5A});
    const Octets front = hex(start);
    std::ranges::copy(front, frame.begin());
    frame[2] = static_cast<std::byte>(length >> 8U);
    frame[3] = static_cast<std::byte>(length);
    return frame;
}

TEST_CASE("the largest channel data is framed, whatever arrived of it", "[I2][I4][P7]") {
    for (std::size_t length = 0xFFE0; length <= 0xFFFF; ++length) {
        CAPTURE(length);
        const Octets stream = sized("40010000", length, padded(4 + length));
        for (std::size_t split = 0; split < stream.size(); ++split) {
            const Frame frame = next_frame(Bytes{stream}.first(split), wide);
            const std::size_t needed = split == 0 ? 1 : split < 4 ? 4 : stream.size();
            if (frame.state != State::incomplete || frame.octets != needed) {
                FAIL("split at " << split);
            }
        }
        const Frame frame = next_frame(stream, wide);
        REQUIRE(frame.state == State::complete);
        REQUIRE(frame.octets == stream.size());
        REQUIRE(frame.message.size() == 4 + length);
        REQUIRE(frame.octets <= frame_octets_max);
    }
}

TEST_CASE("the largest STUN lengths are framed or refused, whatever arrived of them",
          "[A5][I2][I4][P7]") {
    constexpr std::string_view start = "000300002112a442";
    for (std::size_t length = 0xFFE0; length <= 0xFFFF; ++length) {
        CAPTURE(length);
        const Octets stream = sized(start, length, header_octets + length);
        for (std::size_t split = 0; split < stream.size(); ++split) {
            const Frame frame = next_frame(Bytes{stream}.first(split), wide);
            const bool refused = length % 4 != 0 && split >= 4;
            const std::size_t needed = split == 0 ? 1 : split < 8 ? header_octets : stream.size();
            const bool as_expected =
                refused ? frame.state == State::broken
                        : frame.state == State::incomplete && frame.octets == needed;
            if (!as_expected) FAIL("split at " << split);
        }
        const Frame frame = next_frame(stream, wide);
        REQUIRE((frame.state == State::complete) == (length % 4 == 0));
        REQUIRE(frame.octets <= frame_octets_max);
    }
}

TEST_CASE("a stream that is neither STUN nor channel data is broken at once", "[I7][A32]") {
    for (const char* text : {"04", "16030100", "3f", "80", "ff", "474554"}) {
        CAPTURE(text);
        const auto stream = hex(text);
        // "G" of an HTTP request is a channel number of RFC 5766's range.
        const bool is_channel = text == std::string_view{"474554"};
        CHECK(next_frame(stream, wide).state == (is_channel ? State::incomplete : State::broken));
    }
    CHECK(next_frame(hex("50"), narrow).state == State::broken);
    CHECK(next_frame(hex("50000000"), wide).state == State::complete);
    CHECK(next_frame(hex("4fff0000"), narrow).state == State::complete);
    CHECK(next_frame(hex("7fff0000"), wide).state == State::broken);
}

TEST_CASE("STUN without the cookie breaks a stream before its body came", "[A7][I7]") {
    CHECK(next_frame(hex("0003fffc2112a443"), wide).state == State::broken);
    CHECK(next_frame(hex("0003fffc00000000"), wide).state == State::broken);
    CHECK(next_frame(hex("0003fffd"), wide).state == State::broken);
    CHECK(next_frame(hex("0003fffc2112a4"), wide).state == State::incomplete);
}

TEST_CASE("an empty stream asks for its first octet", "[I4]") {
    const Frame frame = next_frame({}, wide);
    CHECK(frame.state == State::incomplete);
    CHECK(frame.octets == 1);
}

}  // namespace
}  // namespace turnpike::protocol
