// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/channel_data.hpp"

#include "protocol/reader.hpp"
#include "protocol/writer.hpp"

namespace turnpike::protocol {

std::optional<ChannelData> ChannelData::decode(Bytes datagram) noexcept {
    Reader reader{datagram};
    const auto number = reader.integer<std::uint16_t>();
    const auto length = reader.integer<std::uint16_t>();
    const Bytes payload = reader.bytes(length);
    if (!reader.ok()) return std::nullopt;
    return ChannelData{number, payload};
}

void encode_channel_header(std::span<std::byte, channel_header_octets> header, std::uint16_t number,
                           std::uint16_t payload_octets) noexcept {
    Writer writer{header};
    writer.integer(number);
    writer.integer(payload_octets);
}

}  // namespace turnpike::protocol
