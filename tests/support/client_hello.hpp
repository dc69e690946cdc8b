// SPDX-License-Identifier: BSD-3-Clause
//
// A ClientHello as a DTLS client writes it, any part of it changed as a test likes. No library is
// asked, so that what no client would send can be made too.
#pragma once

#include <cstdint>
#include <vector>

#include "protocol/writer.hpp"
#include "tests/support/hex.hpp"

namespace turnpike::test {

struct HelloParts {
    std::uint8_t record_type = 22;
    std::uint16_t record_version = 0xFEFF;
    std::uint16_t epoch = 0;
    std::uint64_t record_sequence_number = 0;
    std::uint8_t message_type = 1;
    std::uint16_t message_sequence = 0;
    std::uint16_t version = 0xFEFD;
    std::uint8_t random = 0xAB;
    Octets session_id{};
    Octets cookie{};
    Octets cipher_suites = hex("c02bc02f");
    Octets compression_methods = hex("00");
    Octets extensions{};
};

inline void write_24_bits(protocol::Writer& writer, std::size_t value) {
    writer.integer(static_cast<std::uint8_t>(value >> 16U));
    writer.integer(static_cast<std::uint16_t>(value));
}

inline Octets hello_body(const HelloParts& parts) {
    Octets room(65535);
    protocol::Writer body{room};
    body.integer(parts.version);
    body.bytes(Octets(32, std::byte{parts.random}));
    body.integer(static_cast<std::uint8_t>(parts.session_id.size()));
    body.bytes(parts.session_id);
    body.integer(static_cast<std::uint8_t>(parts.cookie.size()));
    body.bytes(parts.cookie);
    body.integer(static_cast<std::uint16_t>(parts.cipher_suites.size()));
    body.bytes(parts.cipher_suites);
    body.integer(static_cast<std::uint8_t>(parts.compression_methods.size()));
    body.bytes(parts.compression_methods);
    body.bytes(parts.extensions);
    return copy_of(body.written());
}

// `octets` of the body from `offset` on, as one fragment of the message.
inline Octets hello_fragment(const HelloParts& parts, std::size_t offset, std::size_t octets) {
    const Octets body = hello_body(parts);
    Octets room(65535);
    protocol::Writer datagram{room};
    datagram.integer(parts.record_type);
    datagram.integer(parts.record_version);
    datagram.integer(parts.epoch);
    datagram.integer(static_cast<std::uint16_t>(parts.record_sequence_number >> 32U));
    datagram.integer(static_cast<std::uint32_t>(parts.record_sequence_number));
    datagram.integer(static_cast<std::uint16_t>(12 + octets));
    datagram.integer(parts.message_type);
    write_24_bits(datagram, body.size());
    datagram.integer(parts.message_sequence);
    write_24_bits(datagram, offset);
    write_24_bits(datagram, octets);
    datagram.bytes(protocol::Bytes{body}.subspan(offset, octets));
    return copy_of(datagram.written());
}

inline Octets client_hello(const HelloParts& parts = {}) {
    return hello_fragment(parts, 0, hello_body(parts).size());
}

}  // namespace turnpike::test
