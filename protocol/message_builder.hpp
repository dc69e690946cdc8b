// SPDX-License-Identifier: BSD-3-Clause
//
// Writes one STUN message into a caller's buffer. Padding is zero. What does not fit fails the
// builder for good; finish() then yields an empty span. Order is the caller's: integrity after all
// else, fingerprint last (RFC 8489 section 14). The span lives as long as the buffer.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "protocol/address.hpp"
#include "protocol/attributes.hpp"
#include "protocol/error_code.hpp"
#include "protocol/integrity.hpp"
#include "protocol/message.hpp"
#include "protocol/writer.hpp"

namespace turnpike::protocol {

class MessageBuilder {
public:
    MessageBuilder(MutableBytes buffer, MessageClass message_class, Method method,
                   const TransactionId& id) noexcept;

    // The answer to `request`: same method and transaction id, and what stood in the cookie's
    // place.
    [[nodiscard]] static MessageBuilder answer(MutableBytes buffer, MessageClass message_class,
                                               const Message& request) noexcept;
    // ... as a success.
    [[nodiscard]] static MessageBuilder success(MutableBytes buffer,
                                                const Message& request) noexcept;
    // ... with ERROR-CODE; an empty reason means the table's.
    [[nodiscard]] static MessageBuilder error(MutableBytes buffer, const Message& request,
                                              ErrorCode code,
                                              std::string_view reason = {}) noexcept;

    void bytes(AttributeType type, Bytes value) noexcept;
    void text(AttributeType type, std::string_view value) noexcept;
    // The header of an attribute whose value, padded, already stands right behind the buffer:
    // neither copied nor in finish()'s span, but counted in the message's length. The last
    // attribute.
    void value_follows(AttributeType type, std::size_t size) noexcept;
    void u32(AttributeType type, std::uint32_t value) noexcept;
    void u64(AttributeType type, std::uint64_t value) noexcept;
    void flag(AttributeType type) noexcept;  // no value, e.g. DONT-FRAGMENT
    void address(AttributeType type, const Endpoint& endpoint) noexcept;
    void xor_address(AttributeType type, const Endpoint& endpoint) noexcept;
    void lifetime(std::chrono::seconds lifetime) noexcept;
    void channel_number(std::uint16_t number) noexcept;
    void requested_transport(std::uint8_t protocol) noexcept;
    void family(AttributeType type,
                Family family) noexcept;  // the two ...-ADDRESS-FAMILY attributes
    void even_port(EvenPort even_port) noexcept;
    void icmp(const Icmp& icmp) noexcept;
    void address_error(Family family, ErrorCode code) noexcept;  // ADDRESS-ERROR-CODE
    void error_code(ErrorCode code, std::string_view reason) noexcept;
    // UNKNOWN-ATTRIBUTES: every unknown comprehension-required type of `request` that fits.
    void unknown_attributes(const Message& request) noexcept;
    void password_algorithm(PasswordAlgorithm algorithm) noexcept;
    void integrity(Integrity kind, Bytes key) noexcept;
    void fingerprint() noexcept;

    [[nodiscard]] bool ok() const noexcept { return writer_.ok(); }
    // Sets the header's length and yields the message; empty if anything did not fit.
    [[nodiscard]] MutableBytes finish() noexcept;

private:
    void begin(AttributeType type, std::size_t size) noexcept;
    void pad() noexcept;
    void set_length(std::size_t octets_after) noexcept;

    MutableBytes buffer_;
    TransactionId id_;
    Writer writer_;
    std::size_t following_ = 0;  // octets behind the buffer that belong to the message
};

}  // namespace turnpike::protocol
