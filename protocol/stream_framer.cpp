// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/stream_framer.hpp"

#include "protocol/reader.hpp"

namespace turnpike::protocol {
namespace {

constexpr Frame broken() noexcept {
    return {Frame::State::broken, Kind::junk, 0, {}};
}

Frame incomplete(Kind kind, std::size_t octets) noexcept {
    return {Frame::State::incomplete, kind, octets, {}};
}

Frame stun_frame(Bytes stream) noexcept {
    Reader reader{stream};
    static_cast<void>(reader.integer<std::uint16_t>());
    const auto length = reader.integer<std::uint16_t>();
    if (!reader.ok()) return incomplete(Kind::stun, header_octets);
    if (length % 4 != 0) return broken();
    const auto cookie = reader.integer<std::uint32_t>();
    if (!reader.ok()) return incomplete(Kind::stun, header_octets);
    if (cookie != magic_cookie) return broken();
    const std::size_t octets = header_octets + std::size_t{length};
    if (stream.size() < octets) return incomplete(Kind::stun, octets);
    return {Frame::State::complete, Kind::stun, octets, stream.first(octets)};
}

Frame channel_frame(Bytes stream, ChannelRange channels) noexcept {
    Reader reader{stream};
    const auto number = reader.integer<std::uint16_t>();
    const auto length = reader.integer<std::uint16_t>();
    if (!reader.ok()) return incomplete(Kind::channel_data, channel_header_octets);
    if (number > channel_max(channels)) return broken();
    const std::size_t message = channel_header_octets + std::size_t{length};
    const std::size_t octets = padded(message);
    if (stream.size() < octets) return incomplete(Kind::channel_data, octets);
    return {Frame::State::complete, Kind::channel_data, octets, stream.first(message)};
}

}  // namespace

Frame next_frame(Bytes stream, ChannelRange channels) noexcept {
    if (stream.empty()) return incomplete(Kind::junk, 1);
    switch (classify(stream, channels)) {
        case Kind::stun:
            return stun_frame(stream);
        case Kind::channel_data:
            return channel_frame(stream, channels);
        case Kind::dtls:
        case Kind::junk:
            break;
    }
    return broken();
}

}  // namespace turnpike::protocol
