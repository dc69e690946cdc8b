// SPDX-License-Identifier: BSD-3-Clause
//
// The two messages of the cookie exchange (RFC 6347 section 4.2.1), as far as a server reads and
// writes them before it keeps anything for a client. Behind the record's header (dtls_record.hpp)
// stands
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   | Message Type  |                    Length                     |
//   |       Message Sequence        |        Fragment Offset        .
//   .               |                Fragment Length                |
//
// and then, in a ClientHello: version (2 octets), random (32), session id, cookie and compression
// methods (each after its length in one octet, the cipher suites between the last two after theirs
// in two), extensions; in a HelloVerifyRequest: version, and the cookie after its length.
#pragma once

#include <cstdint>

#include "protocol/bytes.hpp"
#include "protocol/dtls_record.hpp"
#include "protocol/result.hpp"

namespace turnpike::protocol {

enum class HelloError : std::uint8_t {
    not_hello,   // another message, encrypted, or no whole record
    fragmented,  // a piece of a ClientHello
    malformed,
};

// A view: it lives as long as the datagram.
struct ClientHello {
    std::uint64_t record_sequence_number = 0;
    std::uint16_t message_sequence = 0;
    // What the client must repeat as it was when it returns the cookie.
    Bytes before_cookie;  // version, random, session id
    Bytes cookie;
    Bytes after_cookie;  // cipher suites, compression methods

    // A whole ClientHello in clear at the front of `datagram`.
    [[nodiscard]] static Result<ClientHello, HelloError> decode(Bytes datagram) noexcept;
};

// Without the cookie. The shortest ClientHello that decode() lets through is longer than this with
// a cookie of 16 octets: whoever forges its sender's address gains nothing.
inline constexpr std::size_t hello_verify_request_octets = dtls_header_octets + 12 + 3;
inline constexpr std::size_t client_hello_octets_min = dtls_header_octets + 12 + 39;

// The answer to `hello`, which takes its sequence numbers, so that nobody has to count any. Lives
// as long as the buffer; empty where it does not fit.
[[nodiscard]] Bytes write_hello_verify_request(MutableBytes buffer, const ClientHello& hello,
                                               Bytes cookie) noexcept;

}  // namespace turnpike::protocol
