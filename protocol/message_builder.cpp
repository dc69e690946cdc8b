// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/message_builder.hpp"

#include <algorithm>

#include "protocol/fingerprint.hpp"

namespace turnpike::protocol {
namespace {

constexpr std::size_t attribute_header_octets = 4;
constexpr std::size_t fingerprint_octets = 4;

constexpr std::size_t padding_of(std::size_t octets) noexcept {
    return (4 - octets % 4) % 4;
}

}  // namespace

MessageBuilder::MessageBuilder(MutableBytes buffer, MessageClass message_class, Method method,
                               const TransactionId& id) noexcept
    // Room for one message: so no length, an attribute's or the header's, can exceed its 16 bits.
    : buffer_{buffer.first(std::min(buffer.size(), message_octets_max))},
      id_{id},
      writer_{buffer_} {
    writer_.integer(encode_type(message_class, method));
    writer_.integer(std::uint16_t{0});
    writer_.integer(magic_cookie);
    writer_.bytes(id_.octets);
}

MessageBuilder MessageBuilder::answer(MutableBytes buffer, MessageClass message_class,
                                      const Message& request) noexcept {
    MessageBuilder builder{buffer, message_class, request.method(), request.transaction_id()};
    if (builder.ok()) {
        Writer cookie{builder.buffer_.subspan(4, sizeof magic_cookie)};
        cookie.integer(request.cookie());
    }
    return builder;
}

MessageBuilder MessageBuilder::success(MutableBytes buffer, const Message& request) noexcept {
    return answer(buffer, MessageClass::success, request);
}

MessageBuilder MessageBuilder::error(MutableBytes buffer, const Message& request, ErrorCode code,
                                     std::string_view reason) noexcept {
    MessageBuilder builder = answer(buffer, MessageClass::error, request);
    builder.error_code(code, reason.empty() ? reason_of(code) : reason);
    return builder;
}

void MessageBuilder::begin(AttributeType type, std::size_t size) noexcept {
    writer_.integer(static_cast<std::uint16_t>(type));
    writer_.integer(static_cast<std::uint16_t>(size));
}

void MessageBuilder::pad() noexcept {
    writer_.zeros(padding_of(writer_.size()));
}

void MessageBuilder::bytes(AttributeType type, Bytes value) noexcept {
    begin(type, value.size());
    writer_.bytes(value);
    pad();
}

void MessageBuilder::value_follows(AttributeType type, std::size_t size) noexcept {
    begin(type, size);
    following_ = size + padding_of(size);
}

void MessageBuilder::text(AttributeType type, std::string_view value) noexcept {
    bytes(type, as_octets(value));
}

void MessageBuilder::u32(AttributeType type, std::uint32_t value) noexcept {
    begin(type, sizeof value);
    writer_.integer(value);
}

void MessageBuilder::u64(AttributeType type, std::uint64_t value) noexcept {
    begin(type, sizeof value);
    writer_.integer(value);
}

void MessageBuilder::flag(AttributeType type) noexcept {
    begin(type, 0);
}

void MessageBuilder::address(AttributeType type, const Endpoint& endpoint) noexcept {
    const Bytes octets = endpoint.address.octets();
    begin(type, 4 + octets.size());
    writer_.integer(std::uint8_t{0});
    writer_.integer(static_cast<std::uint8_t>(endpoint.address.family()));
    writer_.integer(endpoint.port);
    writer_.bytes(octets);
}

void MessageBuilder::xor_address(AttributeType type, const Endpoint& endpoint) noexcept {
    const Bytes octets = endpoint.address.octets();
    begin(type, 4 + octets.size());
    writer_.integer(std::uint8_t{0});
    writer_.integer(static_cast<std::uint8_t>(endpoint.address.family()));
    writer_.integer(static_cast<std::uint16_t>(endpoint.port ^ (magic_cookie >> 16U)));
    for (std::size_t index = 0; index < octets.size(); ++index) {
        const auto mask = index < 4 ? static_cast<std::byte>(magic_cookie >> (24U - 8U * index))
                                    : id_.octets[index - 4];
        writer_.integer(std::to_integer<std::uint8_t>(octets[index] ^ mask));
    }
}

void MessageBuilder::lifetime(std::chrono::seconds lifetime) noexcept {
    const auto seconds = std::clamp<std::chrono::seconds::rep>(lifetime.count(), 0, 0xFFFFFFFF);
    u32(AttributeType::lifetime, static_cast<std::uint32_t>(seconds));
}

void MessageBuilder::channel_number(std::uint16_t number) noexcept {
    u32(AttributeType::channel_number, std::uint32_t{number} << 16U);
}

void MessageBuilder::requested_transport(std::uint8_t protocol) noexcept {
    u32(AttributeType::requested_transport, std::uint32_t{protocol} << 24U);
}

void MessageBuilder::family(AttributeType type, Family family) noexcept {
    u32(type, static_cast<std::uint32_t>(family) << 24U);
}

void MessageBuilder::even_port(EvenPort even_port) noexcept {
    const std::byte value{even_port.reserve_next ? std::uint8_t{0x80} : std::uint8_t{0x00}};
    bytes(AttributeType::even_port, {&value, 1});
}

void MessageBuilder::icmp(const Icmp& icmp) noexcept {
    begin(AttributeType::icmp, 8);
    writer_.integer(std::uint16_t{0});
    writer_.integer(icmp.type);
    writer_.integer(icmp.code);
    writer_.integer(icmp.data);
}

void MessageBuilder::address_error(Family family, ErrorCode code) noexcept {
    const std::string_view reason = reason_of(code);
    const auto number = static_cast<unsigned>(code);
    begin(AttributeType::address_error_code, 4 + reason.size());
    writer_.integer(static_cast<std::uint8_t>(family));
    writer_.integer(std::uint8_t{0});
    writer_.integer(static_cast<std::uint8_t>(number / 100));
    writer_.integer(static_cast<std::uint8_t>(number % 100));
    writer_.bytes(as_octets(reason));
    pad();
}

void MessageBuilder::error_code(ErrorCode code, std::string_view reason) noexcept {
    const auto number = static_cast<unsigned>(code);
    begin(AttributeType::error_code, 4 + reason.size());
    writer_.integer(std::uint16_t{0});
    writer_.integer(static_cast<std::uint8_t>(number / 100));
    writer_.integer(static_cast<std::uint8_t>(number % 100));
    writer_.bytes(as_octets(reason));
    pad();
}

void MessageBuilder::unknown_attributes(const Message& request) noexcept {
    const auto unknown = [](const Attribute& attribute) {
        return comprehension_required(attribute.type) &&
               find_rule(static_cast<AttributeType>(attribute.type)) == nullptr;
    };
    // Room for integrity and fingerprint stays free: a list cut short beats no answer.
    constexpr std::size_t reserved = 64;
    const std::size_t room = buffer_.size() - std::min(buffer_.size(), writer_.size() + reserved);
    std::size_t count = 0;
    for (const Attribute& attribute : request) count += unknown(attribute) ? 1U : 0U;
    count = std::min(count, room / sizeof(std::uint16_t));
    begin(AttributeType::unknown_attributes, count * sizeof(std::uint16_t));
    for (const Attribute& attribute : request) {
        if (count == 0) break;
        if (!unknown(attribute)) continue;
        writer_.integer(attribute.type);
        --count;
    }
    pad();
}

void MessageBuilder::password_algorithm(PasswordAlgorithm algorithm) noexcept {
    u32(AttributeType::password_algorithm, static_cast<std::uint32_t>(algorithm) << 16U);
}

void MessageBuilder::integrity(Integrity kind, Bytes key) noexcept {
    if (!writer_.ok()) return;
    const std::size_t offset = writer_.size();
    const auto mac = compute_integrity(buffer_, offset, kind, key);
    const bool sha1 = kind == Integrity::sha1;
    bytes(sha1 ? AttributeType::message_integrity : AttributeType::message_integrity_sha256,
          Bytes{mac}.first(sha1 ? 20 : 32));
}

void MessageBuilder::fingerprint() noexcept {
    if (!writer_.ok()) return;
    set_length(attribute_header_octets + fingerprint_octets);
    u32(AttributeType::fingerprint, compute_fingerprint(writer_.written()));
}

void MessageBuilder::set_length(std::size_t octets_after) noexcept {
    Writer length{buffer_.subspan(2, 2)};
    length.integer(static_cast<std::uint16_t>(writer_.size() + octets_after - header_octets));
}

MutableBytes MessageBuilder::finish() noexcept {
    if (!writer_.ok()) return {};
    set_length(following_);
    return writer_.written();
}

}  // namespace turnpike::protocol
