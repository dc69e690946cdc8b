// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/message.hpp"

#include <algorithm>
#include <utility>

#include "protocol/fingerprint.hpp"
#include "protocol/reader.hpp"

namespace turnpike::protocol {
namespace {

constexpr std::size_t attribute_header_octets = 4;
constexpr std::size_t word_octets = 4;  // every attribute starts at a multiple of these

constexpr std::size_t padded_size(std::size_t octets) noexcept {
    return (octets + 3U) & ~std::size_t{3};
}

Attribute attribute_at(Bytes message, std::size_t offset) noexcept {
    Reader reader{message.subspan(offset)};
    const auto type = reader.integer<std::uint16_t>();
    const auto size = reader.integer<std::uint16_t>();
    return {type, reader.bytes(size), offset};
}

bool is(const Attribute& attribute, AttributeType type) noexcept {
    return attribute.type == static_cast<std::uint16_t>(type);
}

std::optional<std::size_t> row_of(std::uint16_t type) noexcept {
    const auto* row = find_rule(static_cast<AttributeType>(type));
    if (row == nullptr) return std::nullopt;
    return static_cast<std::size_t>(row - attribute_rules.data());
}

// The order in which attributes cease to count: everything before MESSAGE-INTEGRITY does; behind it
// MESSAGE-INTEGRITY-SHA256 and FINGERPRINT; behind that only FINGERPRINT (RFC 8489 section 9).
class AttributeWalk {
public:
    [[nodiscard]] bool counts(const Attribute& attribute) noexcept {
        if (is(attribute, AttributeType::fingerprint)) return true;
        if (is(attribute, AttributeType::message_integrity_sha256)) {
            return !std::exchange(sha256_seen_, true);
        }
        if (sha1_seen_ || sha256_seen_) return false;
        sha1_seen_ = is(attribute, AttributeType::message_integrity);
        return true;
    }
    [[nodiscard]] bool in_front() const noexcept { return !sha1_seen_ && !sha256_seen_; }

private:
    bool sha1_seen_ = false;
    bool sha256_seen_ = false;
};

// FINGERPRINT covers all that stands before it (section 14.7).
bool fingerprint_matches(Bytes message, const Attribute& fingerprint) noexcept {
    Reader reader{fingerprint.value};
    const auto value = reader.integer<std::uint32_t>();
    return reader.ok() && reader.remaining() == 0 &&
           value == compute_fingerprint(message.first(fingerprint.offset));
}

}  // namespace

Attribute AttributeIterator::operator*() const noexcept {
    return attribute_at(message_, offset_);
}

AttributeIterator& AttributeIterator::operator++() noexcept {
    offset_ += attribute_header_octets + padded_size((**this).value.size());
    return *this;
}

AttributeIterator AttributeIterator::operator++(int) noexcept {
    AttributeIterator before = *this;
    ++*this;
    return before;
}

Message::Message(Bytes datagram) noexcept : octets_{datagram} {
    Reader reader{datagram};
    type_ = reader.integer<std::uint16_t>();
    length_ = reader.integer<std::uint16_t>();
    cookie_ = reader.integer<std::uint32_t>();
    std::ranges::copy(reader.bytes(transaction_id_.octets.size()), transaction_id_.octets.begin());
}

Result<Message, DecodeError> Message::decode(Bytes datagram) noexcept {
    if (datagram.size() < header_octets) return DecodeError::too_short;
    Message message{datagram};
    if (message.type_ > 0x3FFF || message.is_classic()) return DecodeError::not_stun;
    if (const auto error = message.read_attributes()) return *error;
    return message;
}

Result<Message, DecodeError> Message::decode_classic(Bytes datagram) noexcept {
    if (datagram.size() < header_octets) return DecodeError::too_short;
    Message message{datagram};
    const bool binding = message.type_ == encode_type(MessageClass::request, Method::binding);
    if (!binding || !message.is_classic()) return DecodeError::not_stun;
    if (const auto error = message.read_attributes()) return *error;
    return message;
}

std::optional<DecodeError> Message::read_attributes() noexcept {
    const std::size_t size_in_all = octets_.size();
    if (length_ % 4 != 0 || length_ != size_in_all - header_octets) return DecodeError::bad_length;
    AttributeWalk walk;
    for (std::size_t offset = header_octets; offset < size_in_all;) {
        const std::size_t rest = size_in_all - offset;
        const Attribute attribute = attribute_at(octets_, offset);
        // A failed read yields an empty value, whose true size the header still tells.
        Reader header{octets_.subspan(offset + 2)};
        const std::size_t size =
            attribute_header_octets + padded_size(header.integer<std::uint16_t>());
        if (size > rest) return DecodeError::bad_attribute;
        const bool in_front = walk.in_front();
        if (walk.counts(attribute)) note(attribute);
        if (in_front) end_ = offset + size;
        if (is(attribute, AttributeType::fingerprint) && offset + size == size_in_all &&
            !fingerprint_matches(octets_, attribute)) {
            return DecodeError::bad_fingerprint;
        }
        offset += size;
    }
    return std::nullopt;
}

void Message::note(const Attribute& attribute) noexcept {
    if (const auto row = row_of(attribute.type)) {
        auto& first = first_[*row];
        if (first == 0) first = static_cast<std::uint16_t>(attribute.offset / word_octets);
    } else if (comprehension_required(attribute.type)) {
        unknown_required_ = true;
    }
}

AttributeIterator Message::begin() const noexcept {
    return {octets_, header_octets};
}
AttributeIterator Message::end() const noexcept {
    return {octets_, end_};
}

std::optional<Attribute> Message::find(AttributeType type) const noexcept {
    const auto row = row_of(static_cast<std::uint16_t>(type));
    if (!row || first_[*row] == 0) return std::nullopt;
    return attribute_at(octets_, first_[*row] * word_octets);
}

}  // namespace turnpike::protocol
