// SPDX-License-Identifier: BSD-3-Clause
//
// A STUN message, decoded once and never copied.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   |0 0|     STUN Message Type     |         Message Length        |
//   |                         Magic Cookie                          |
//   |                     Transaction ID (96 bits)                  |
//   |                                                               |
//   |                                                               |
//
// decode() proves the structure: header, cookie, length, that attributes tile the body, and
// FINGERPRINT where there is one. What an attribute's value means is asked of attributes.hpp. A
// Message is a view: it lives as long as the datagram. Nothing is allocated. RFC 8489 section 5.
#pragma once

#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

#include "protocol/attribute.hpp"
#include "protocol/bytes.hpp"
#include "protocol/method.hpp"
#include "protocol/result.hpp"

namespace turnpike::protocol {

inline constexpr std::uint32_t magic_cookie = 0x2112A442;
inline constexpr std::size_t header_octets = 20;
// A header and the largest length that is a multiple of four.
inline constexpr std::size_t message_octets_max = header_octets + 0xFFFC;

struct TransactionId {
    std::array<std::byte, 12> octets{};
    constexpr auto operator<=>(const TransactionId&) const noexcept = default;
};

enum class DecodeError : std::uint8_t {
    too_short,        // fewer octets than a header
    not_stun,         // the first two bits are not zero, or the cookie is not ours
    bad_length,       // not a multiple of four, or not what follows the header
    bad_attribute,    // an attribute runs past the end
    bad_fingerprint,  // FINGERPRINT is the last attribute and wrong; elsewhere it means nothing
};

struct Attribute {
    std::uint16_t type = 0;
    Bytes value;             // without padding
    std::size_t offset = 0;  // of the attribute's header, from the start of the message
};

// Walks attributes in wire order; the structure was proved by decode().
class AttributeIterator {
public:
    using value_type = Attribute;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;

    constexpr AttributeIterator() noexcept = default;
    AttributeIterator(Bytes message, std::size_t offset) noexcept
        : message_{message}, offset_{offset} {}

    [[nodiscard]] Attribute operator*() const noexcept;
    AttributeIterator& operator++() noexcept;
    AttributeIterator operator++(int) noexcept;
    bool operator==(const AttributeIterator& other) const noexcept {
        return offset_ == other.offset_;
    }

private:
    Bytes message_;
    std::size_t offset_ = 0;
};

class Message {
public:
    // `datagram` is exactly one message; a stream's framer cuts it out first.
    [[nodiscard]] static Result<Message, DecodeError> decode(Bytes datagram) noexcept;
    // A Binding request of RFC 3489: no cookie, and so 16 octets of transaction id.
    [[nodiscard]] static Result<Message, DecodeError> decode_classic(Bytes datagram) noexcept;

    [[nodiscard]] Bytes octets() const noexcept { return octets_; }
    [[nodiscard]] MessageClass message_class() const noexcept { return class_of(type_); }
    [[nodiscard]] Method method() const noexcept { return method_of(type_); }
    [[nodiscard]] const TransactionId& transaction_id() const noexcept { return transaction_id_; }
    // What stands where the cookie does: something else only in a classic message.
    [[nodiscard]] std::uint32_t cookie() const noexcept { return cookie_; }
    [[nodiscard]] bool is_classic() const noexcept { return cookie_ != magic_cookie; }

    // The attributes up to the first integrity attribute, inclusive. What follows it does not
    // count, but for MESSAGE-INTEGRITY-SHA256 and FINGERPRINT, which find() knows (RFC 8489 section
    // 9).
    [[nodiscard]] AttributeIterator begin() const noexcept;
    [[nodiscard]] AttributeIterator end() const noexcept;

    // The first attribute of this type that counts (RFC 8489 section 14). O(1) for known types.
    [[nodiscard]] std::optional<Attribute> find(AttributeType type) const noexcept;
    [[nodiscard]] bool has(AttributeType type) const noexcept { return find(type).has_value(); }

    // True when an attribute that counts is comprehension-required and has no row in the table.
    [[nodiscard]] bool has_unknown_required() const noexcept { return unknown_required_; }

private:
    // The header, whatever its cookie.
    explicit Message(Bytes datagram) noexcept;
    [[nodiscard]] std::optional<DecodeError> read_attributes() noexcept;
    void note(const Attribute& attribute) noexcept;

    Bytes octets_;
    std::uint16_t type_ = 0;
    std::uint16_t length_ = 0;
    std::uint32_t cookie_ = 0;
    TransactionId transaction_id_;
    std::size_t end_ =
        header_octets;  // of begin()..end(): up to the first integrity attribute, inclusive
    bool unknown_required_ = false;
    // Where the first occurrence starts by row of attribute_rules, in words of four octets, because
    // the offset in octets may pass 65535; 0 where there is none.
    std::array<std::uint16_t, attribute_rules.size()> first_{};
};

}  // namespace turnpike::protocol
