// SPDX-License-Identifier: BSD-3-Clause
//
// The header in front of every DTLS record; a datagram carries one record or several (RFC 6347
// section 4.1).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   |     Type      |            Version            |     Epoch     .
//   .               |           Sequence Number (48 bits)           .
//   .                               |            Length             .
//   .               |  Fragment ...
//
// Only what has to be known before a session exists, or to bound what one is made to keep; all else
// about records is OpenSSL's business. A view: it lives as long as the datagram.
#pragma once

#include <cstdint>
#include <optional>

#include "protocol/bytes.hpp"

namespace turnpike::protocol {

inline constexpr std::size_t dtls_header_octets = 13;
inline constexpr std::uint8_t dtls_handshake = 22;
// RFC 6347 section 4.2.1: what a HelloVerifyRequest says, whichever version is to come of it.
inline constexpr std::uint16_t dtls_1_0 = 0xFEFF;

struct DtlsRecord {
    std::uint8_t type = 0;
    std::uint16_t version = 0;
    std::uint16_t epoch = 0;  // 0: nothing is encrypted yet
    std::uint64_t sequence_number = 0;
    Bytes fragment;
    std::size_t octets = 0;  // header and fragment

    // The record at the front of `datagram`; none where no whole record of any DTLS version stands.
    [[nodiscard]] static std::optional<DtlsRecord> decode(Bytes datagram) noexcept;
};

}  // namespace turnpike::protocol
