// SPDX-License-Identifier: BSD-3-Clause
//
// What a stranger may send, as a datagram and as the start of a stream: decoded, asked everything,
// verified and answered.
#include <array>
#include <cstdlib>

#include "protocol/channel_data.hpp"
#include "protocol/classify.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message_builder.hpp"
#include "protocol/stream_framer.hpp"
#include "tests/support/ask_everything.hpp"

namespace turnpike::protocol {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// The credentials of the seeds, so that the fuzzer starts from requests that verify.
constexpr std::array<std::byte, 16> key{
    std::byte{0x54}, std::byte{0x3e}, std::byte{0x1a}, std::byte{0xec},
    std::byte{0x5d}, std::byte{0x36}, std::byte{0x14}, std::byte{0xf0},
    std::byte{0x31}, std::byte{0x41}, std::byte{0x65}, std::byte{0x2d},
    std::byte{0x6a}, std::byte{0xda}, std::byte{0x51}, std::byte{0xb2}};

void answer(const Message& request) {
    std::array<std::byte, 600> buffer;
    auto builder = MessageBuilder::error(buffer, request, ErrorCode::unknown_attribute);
    builder.unknown_attributes(request);
    builder.integrity(Integrity::sha256, key);
    builder.fingerprint();
    const auto built = Message::decode(builder.finish());
    require(built && verify_integrity(*built, Integrity::sha256, key));
    require(built->transaction_id() == request.transaction_id());
}

void as_datagram(Bytes datagram) {
    static_cast<void>(classify(datagram, ChannelRange::rfc5766));
    if (const auto channel_data = ChannelData::decode(datagram)) {
        require(channel_data->payload.size() + channel_header_octets <= datagram.size());
    }
    if (const auto classic = Message::decode_classic(datagram)) {
        require(classic->is_classic() && classic->method() == Method::binding);
        test::ask_everything(*classic);
    }
    const auto message = Message::decode(datagram);
    if (!message) return;
    test::ask_everything(*message);
    static_cast<void>(verify_integrity(*message, Integrity::sha1, key));
    static_cast<void>(verify_integrity(*message, Integrity::sha256, key));
    answer(*message);
}

void as_stream(Bytes stream, ChannelRange channels) {
    while (!stream.empty()) {
        const Frame frame = next_frame(stream, channels);
        require(frame.octets <= frame_octets_max);
        if (frame.state == Frame::State::broken) return;
        if (frame.state == Frame::State::incomplete) {
            require(frame.octets > stream.size());
            return;
        }
        require(frame.octets <= stream.size() && frame.message.size() <= frame.octets);
        require(frame.message.data() == stream.data());
        // The same octets a byte short ask for at least what was taken, or cannot tell yet.
        const Frame early = next_frame(stream.first(frame.octets - 1), channels);
        require(early.state == Frame::State::incomplete && early.octets <= frame.octets);
        as_datagram(frame.message);
        stream = stream.subspan(frame.octets);
    }
}

}  // namespace
}  // namespace turnpike::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace turnpike::protocol;
    const Bytes octets = std::as_bytes(std::span{data, size});
    as_datagram(octets);
    as_stream(octets, ChannelRange::rfc5766);
    as_stream(octets, ChannelRange::rfc8656);
    return 0;
}
