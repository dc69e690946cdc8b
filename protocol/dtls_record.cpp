// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/dtls_record.hpp"

#include "protocol/classify.hpp"
#include "protocol/reader.hpp"

namespace turnpike::protocol {

namespace {
constexpr unsigned dtls_major = 0xFE;  // every version: 1.0 is FEFF, 1.2 is FEFD
}

std::optional<DtlsRecord> DtlsRecord::decode(Bytes datagram) noexcept {
    if (classify(datagram, ChannelRange::rfc5766) != Kind::dtls) return std::nullopt;
    Reader reader{datagram};
    DtlsRecord record;
    record.type = reader.integer<std::uint8_t>();
    record.version = reader.integer<std::uint16_t>();
    record.epoch = reader.integer<std::uint16_t>();
    const std::uint64_t high = reader.integer<std::uint16_t>();
    record.sequence_number = (high << 32U) | reader.integer<std::uint32_t>();
    const auto length = reader.integer<std::uint16_t>();
    record.fragment = reader.bytes(length);
    record.octets = dtls_header_octets + record.fragment.size();
    if (!reader.ok() || record.version >> 8U != dtls_major) return std::nullopt;
    return record;
}

}  // namespace turnpike::protocol
