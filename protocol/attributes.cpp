// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/attributes.hpp"

#include <algorithm>

#include "protocol/reader.hpp"

namespace turnpike::protocol {
namespace {

using Mask = std::array<std::byte, 16>;  // what an XOR-...-ADDRESS is masked with, cookie first

Mask mask_of(const TransactionId& id) noexcept {
    Mask mask{std::byte{0x21}, std::byte{0x12}, std::byte{0xA4}, std::byte{0x42}};
    std::ranges::copy(id.octets, mask.begin() + 4);
    return mask;
}

// The value of the attribute where it is there and its size is within the table's bounds.
Field<Bytes> value_of(const Message& message, AttributeType type) noexcept {
    const auto attribute = message.find(type);
    if (!attribute) return Field<Bytes>::absent();
    const auto* rule = find_rule(type);
    const std::size_t size = attribute->value.size();
    if (size < rule->size_min || size > rule->size_max) return Field<Bytes>::malformed();
    return Field<Bytes>::present(attribute->value);
}

// Applies `read`, which yields an optional, to the value.
template <typename T, typename Read>
Field<T> field(const Message& message, AttributeType type, Read read) noexcept {
    const auto value = value_of(message, type);
    if (value.is_absent()) return Field<T>::absent();
    if (value.is_malformed()) return Field<T>::malformed();
    const std::optional<T> result = read(*value);
    return result ? Field<T>::present(*result) : Field<T>::malformed();
}

template <std::unsigned_integral Integer>
std::optional<Integer> leading(Bytes value) noexcept {
    Reader reader{value};
    const auto number = reader.integer<Integer>();
    return reader.ok() ? std::optional{number} : std::nullopt;
}

std::optional<std::string_view> text(Bytes value) noexcept {
    return as_text(value);
}
std::optional<Bytes> same(Bytes value) noexcept {
    return value;
}

Field<Endpoint> xor_address(const Message& message, AttributeType type) noexcept {
    return field<Endpoint>(message, type, [&](Bytes value) {
        return decode_xor_address(value, message.transaction_id());
    });
}

// One byte in front, the octets and the port masked: RFC 8489 sections 14.1 and 14.2.
std::optional<Endpoint> decode_masked(Bytes value, std::uint16_t port_mask,
                                      const Mask& mask) noexcept {
    Reader reader{value};
    static_cast<void>(reader.integer<std::uint8_t>());
    const auto family = reader.integer<std::uint8_t>();
    const auto port = static_cast<std::uint16_t>(reader.integer<std::uint16_t>() ^ port_mask);
    const Bytes octets = reader.bytes(reader.remaining());
    const bool is_v4 = family == static_cast<std::uint8_t>(Family::ipv4) && octets.size() == 4;
    const bool is_v6 = family == static_cast<std::uint8_t>(Family::ipv6) && octets.size() == 16;
    if (!is_v4 && !is_v6) return std::nullopt;
    std::array<std::byte, 16> plain{};
    std::ranges::transform(octets, mask, plain.begin(),
                           [](std::byte left, std::byte right) { return left ^ right; });
    if (is_v6) return Endpoint{IpAddress::v6(plain), port};
    return Endpoint{IpAddress::v4(std::span{plain}.first<4>()), port};
}

}  // namespace

std::optional<Endpoint> decode_address(Bytes value) noexcept {
    return decode_masked(value, 0, Mask{});
}

std::optional<Endpoint> decode_xor_address(Bytes value, const TransactionId& id) noexcept {
    return decode_masked(value, magic_cookie >> 16U, mask_of(id));
}

Field<Endpoint> xor_peer_address(const Message& message) noexcept {
    return xor_address(message, AttributeType::xor_peer_address);
}
Field<Endpoint> xor_relayed_address(const Message& message) noexcept {
    return xor_address(message, AttributeType::xor_relayed_address);
}
Field<Endpoint> xor_mapped_address(const Message& message) noexcept {
    return xor_address(message, AttributeType::xor_mapped_address);
}

Field<Endpoint> alternate_server(const Message& message) noexcept {
    return field<Endpoint>(message, AttributeType::alternate_server, decode_address);
}

Field<std::chrono::seconds> lifetime(const Message& message) noexcept {
    return field<std::chrono::seconds>(message, AttributeType::lifetime, [](Bytes value) {
        return std::optional{std::chrono::seconds{*leading<std::uint32_t>(value)}};
    });
}

Field<std::uint8_t> requested_transport(const Message& message) noexcept {
    return field<std::uint8_t>(message, AttributeType::requested_transport, leading<std::uint8_t>);
}
Field<std::uint8_t> requested_address_family(const Message& message) noexcept {
    return field<std::uint8_t>(message, AttributeType::requested_address_family,
                               leading<std::uint8_t>);
}
Field<std::uint8_t> additional_address_family(const Message& message) noexcept {
    return field<std::uint8_t>(message, AttributeType::additional_address_family,
                               leading<std::uint8_t>);
}

Field<EvenPort> even_port(const Message& message) noexcept {
    return field<EvenPort>(message, AttributeType::even_port, [](Bytes value) {
        return std::optional{EvenPort{(value.front() & std::byte{0x80}) != std::byte{}}};
    });
}

Field<std::uint64_t> reservation_token(const Message& message) noexcept {
    return field<std::uint64_t>(message, AttributeType::reservation_token, leading<std::uint64_t>);
}
Field<ConnectionId> connection_id(const Message& message) noexcept {
    return field<ConnectionId>(message, AttributeType::connection_id, [](Bytes value) {
        return std::optional{ConnectionId{*leading<std::uint32_t>(value)}};
    });
}
Field<std::uint16_t> channel_number(const Message& message) noexcept {
    return field<std::uint16_t>(message, AttributeType::channel_number, leading<std::uint16_t>);
}

Field<ChangeRequest> change_request(const Message& message) noexcept {
    return field<ChangeRequest>(message, AttributeType::change_request, [](Bytes value) {
        const std::uint32_t flags = *leading<std::uint32_t>(value);
        return std::optional{
            ChangeRequest{.address = (flags & 0x4U) != 0, .port = (flags & 0x2U) != 0}};
    });
}
Field<std::uint16_t> response_port(const Message& message) noexcept {
    return field<std::uint16_t>(message, AttributeType::response_port, leading<std::uint16_t>);
}
Field<Bytes> padding(const Message& message) noexcept {
    return field<Bytes>(message, AttributeType::padding, same);
}
Field<Bytes> mobility_ticket(const Message& message) noexcept {
    return field<Bytes>(message, AttributeType::mobility_ticket, same);
}
Field<Icmp> icmp(const Message& message) noexcept {
    return field<Icmp>(message, AttributeType::icmp, [](Bytes value) -> std::optional<Icmp> {
        Reader reader{value};
        static_cast<void>(reader.integer<std::uint16_t>());
        const auto type = reader.integer<std::uint8_t>();
        const auto code = reader.integer<std::uint8_t>();
        const auto error_data = reader.integer<std::uint32_t>();
        if (!reader.ok()) return std::nullopt;
        return Icmp{type, code, error_data};
    });
}

Field<Bytes> data(const Message& message) noexcept {
    return field<Bytes>(message, AttributeType::data, same);
}
Field<std::string_view> username(const Message& message) noexcept {
    return field<std::string_view>(message, AttributeType::username, text);
}
Field<std::string_view> realm(const Message& message) noexcept {
    return field<std::string_view>(message, AttributeType::realm, text);
}
Field<std::string_view> nonce(const Message& message) noexcept {
    return field<std::string_view>(message, AttributeType::nonce, text);
}
Field<Bytes> userhash(const Message& message) noexcept {
    return field<Bytes>(message, AttributeType::userhash, same);
}

Field<std::uint16_t> password_algorithm(const Message& message) noexcept {
    return field<std::uint16_t>(message, AttributeType::password_algorithm,
                                [](Bytes value) -> std::optional<std::uint16_t> {
                                    Reader reader{value};
                                    const auto number = reader.integer<std::uint16_t>();
                                    const auto parameters = reader.integer<std::uint16_t>();
                                    if (!reader.ok() || parameters > reader.remaining())
                                        return std::nullopt;
                                    return number;
                                });
}
Field<Bytes> password_algorithms(const Message& message) noexcept {
    return field<Bytes>(message, AttributeType::password_algorithms, same);
}

Field<ErrorField> error_code(const Message& message) noexcept {
    return field<ErrorField>(
        message, AttributeType::error_code, [](Bytes value) -> std::optional<ErrorField> {
            Reader reader{value};
            static_cast<void>(reader.integer<std::uint16_t>());
            const unsigned hundreds = reader.integer<std::uint8_t>() & 0x07U;
            const unsigned number = reader.integer<std::uint8_t>();
            if (hundreds < 3 || hundreds > 6 || number > 99) return std::nullopt;
            const auto code = static_cast<std::uint16_t>(hundreds * 100 + number);
            return ErrorField{code, as_text(reader.bytes(reader.remaining()))};
        });
}

}  // namespace turnpike::protocol
