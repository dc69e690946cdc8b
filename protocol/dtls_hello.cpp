// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/dtls_hello.hpp"

#include "protocol/reader.hpp"
#include "protocol/writer.hpp"

namespace turnpike::protocol {
namespace {

constexpr std::uint8_t client_hello_type = 1;
constexpr std::uint8_t hello_verify_request_type = 3;
constexpr std::size_t random_octets = 32;
constexpr std::size_t message_header_octets = 12;

std::uint32_t read_24_bits(Reader& reader) noexcept {
    const std::uint32_t high = reader.integer<std::uint8_t>();
    return (high << 16U) | reader.integer<std::uint16_t>();
}

void write_24_bits(Writer& writer, std::size_t value) noexcept {
    writer.integer(static_cast<std::uint8_t>(value >> 16U));
    writer.integer(static_cast<std::uint16_t>(value));
}

// The fields up to the extensions, which do not matter here.
bool read_body(Bytes body, ClientHello& hello) noexcept {
    Reader reader{body};
    (void)reader.integer<std::uint16_t>();
    (void)reader.bytes(random_octets);
    (void)reader.bytes(reader.integer<std::uint8_t>());
    hello.before_cookie = body.first(body.size() - reader.remaining());
    hello.cookie = reader.bytes(reader.integer<std::uint8_t>());
    const std::size_t cookie_end = body.size() - reader.remaining();
    (void)reader.bytes(reader.integer<std::uint16_t>());
    (void)reader.bytes(reader.integer<std::uint8_t>());
    hello.after_cookie = body.subspan(cookie_end, body.size() - reader.remaining() - cookie_end);
    return reader.ok();
}

}  // namespace

Result<ClientHello, HelloError> ClientHello::decode(Bytes datagram) noexcept {
    const auto record = DtlsRecord::decode(datagram);
    if (!record || record->type != dtls_handshake || record->epoch != 0) {
        return HelloError::not_hello;
    }
    ClientHello hello;
    hello.record_sequence_number = record->sequence_number;
    Reader reader{record->fragment};
    const auto type = reader.integer<std::uint8_t>();
    const std::uint32_t length = read_24_bits(reader);
    hello.message_sequence = reader.integer<std::uint16_t>();
    const std::uint32_t offset = read_24_bits(reader);
    const std::uint32_t size = read_24_bits(reader);
    if (!reader.ok() || type != client_hello_type) return HelloError::not_hello;
    if (offset != 0 || size != length) return HelloError::fragmented;
    const Bytes body = reader.bytes(length);
    if (!reader.ok() || !read_body(body, hello)) return HelloError::malformed;
    return hello;
}

Bytes write_hello_verify_request(MutableBytes buffer, const ClientHello& hello,
                                 Bytes cookie) noexcept {
    const std::size_t length = 3 + cookie.size();
    Writer writer{buffer};
    writer.integer(dtls_handshake);
    writer.integer(dtls_1_0);
    writer.integer(std::uint16_t{0});
    writer.integer(static_cast<std::uint16_t>(hello.record_sequence_number >> 32U));
    writer.integer(static_cast<std::uint32_t>(hello.record_sequence_number));
    writer.integer(static_cast<std::uint16_t>(message_header_octets + length));
    writer.integer(hello_verify_request_type);
    write_24_bits(writer, length);
    writer.integer(hello.message_sequence);
    write_24_bits(writer, 0);
    write_24_bits(writer, length);
    writer.integer(dtls_1_0);
    writer.integer(static_cast<std::uint8_t>(cookie.size()));
    writer.bytes(cookie);
    return writer.ok() ? Bytes{writer.written()} : Bytes{};
}

}  // namespace turnpike::protocol
