// SPDX-License-Identifier: BSD-3-Clause
//
// Typed getters: what the value of an attribute means. Outside protocol/ nobody counts bytes.
// Each yields absent, malformed or a value, because the RFCs answer those three differently.
// Views in results live as long as the datagram.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "protocol/address.hpp"
#include "protocol/connection_id.hpp"
#include "protocol/error_code.hpp"
#include "protocol/message.hpp"

namespace turnpike::protocol {

template <typename T>
class Field {
public:
    [[nodiscard]] static Field absent() noexcept { return Field{State::absent, {}}; }
    [[nodiscard]] static Field malformed() noexcept { return Field{State::malformed, {}}; }
    [[nodiscard]] static Field present(T value) noexcept {
        return Field{State::present, std::move(value)};
    }

    [[nodiscard]] bool is_absent() const noexcept { return state_ == State::absent; }
    [[nodiscard]] bool is_malformed() const noexcept { return state_ == State::malformed; }
    [[nodiscard]] explicit operator bool() const noexcept { return state_ == State::present; }
    [[nodiscard]] const T& operator*() const noexcept { return value_; }
    [[nodiscard]] const T* operator->() const noexcept { return &value_; }

private:
    enum class State : std::uint8_t { absent, malformed, present };
    Field(State state, T value) noexcept : state_{state}, value_{std::move(value)} {}

    State state_;
    T value_;
};

struct EvenPort {
    bool reserve_next = false;  // the R bit, RFC 8656 section 18.7
};

// CHANGE-REQUEST: answer from the other address, the other port, or both (RFC 5780 section 7.2).
struct ChangeRequest {
    bool address = false;
    bool port = false;
};

// RFC 8656 section 18.13: 16 reserved bits, the ICMP type, its code, and the next-hop MTU or zero.
struct Icmp {
    std::uint8_t type = 0;
    std::uint8_t code = 0;
    std::uint32_t data = 0;
    bool operator==(const Icmp&) const = default;
};

// An ICMP error about a datagram that went to `peer`: ICMPv4 or ICMPv6, as the peer's family is.
struct IcmpError {
    Endpoint peer;
    Icmp icmp;
};

// REQUESTED-TRANSPORT's protocol numbers, as in IPv4's protocol field.
inline constexpr std::uint8_t protocol_tcp = 6;
inline constexpr std::uint8_t protocol_udp = 17;

enum class PasswordAlgorithm : std::uint16_t { md5 = 0x0001, sha256 = 0x0002 };

// One value, decoded; for attributes that may repeat (XOR-PEER-ADDRESS in CreatePermission).
[[nodiscard]] std::optional<Endpoint> decode_address(Bytes value) noexcept;
[[nodiscard]] std::optional<Endpoint> decode_xor_address(Bytes value,
                                                         const TransactionId& id) noexcept;

[[nodiscard]] Field<Endpoint> xor_peer_address(const Message& message) noexcept;
[[nodiscard]] Field<Endpoint> xor_relayed_address(const Message& message) noexcept;
[[nodiscard]] Field<Endpoint> xor_mapped_address(const Message& message) noexcept;
// The first: of the family that the request came over (RFC 8489 section 10).
[[nodiscard]] Field<Endpoint> alternate_server(const Message& message) noexcept;
[[nodiscard]] Field<std::chrono::seconds> lifetime(const Message& message) noexcept;
[[nodiscard]] Field<std::uint8_t> requested_transport(const Message& message) noexcept;
// The family's byte as sent; callers answer 440 to what is neither Family.
[[nodiscard]] Field<std::uint8_t> requested_address_family(const Message& message) noexcept;
[[nodiscard]] Field<std::uint8_t> additional_address_family(const Message& message) noexcept;
[[nodiscard]] Field<EvenPort> even_port(const Message& message) noexcept;
[[nodiscard]] Field<std::uint64_t> reservation_token(const Message& message) noexcept;
[[nodiscard]] Field<ConnectionId> connection_id(const Message& message) noexcept;
[[nodiscard]] Field<std::uint16_t> channel_number(const Message& message) noexcept;
[[nodiscard]] Field<ChangeRequest> change_request(const Message& message) noexcept;
[[nodiscard]] Field<std::uint16_t> response_port(const Message& message) noexcept;
[[nodiscard]] Field<Bytes> padding(const Message& message) noexcept;
[[nodiscard]] Field<Bytes> mobility_ticket(const Message& message) noexcept;
[[nodiscard]] Field<Icmp> icmp(const Message& message) noexcept;
[[nodiscard]] Field<Bytes> data(const Message& message) noexcept;
[[nodiscard]] Field<std::string_view> username(const Message& message) noexcept;
[[nodiscard]] Field<std::string_view> realm(const Message& message) noexcept;
[[nodiscard]] Field<std::string_view> nonce(const Message& message) noexcept;
[[nodiscard]] Field<Bytes> userhash(const Message& message) noexcept;
// The algorithm's number and no parameters; malformed where the length inside does not fit.
[[nodiscard]] Field<std::uint16_t> password_algorithm(const Message& message) noexcept;
[[nodiscard]] Field<Bytes> password_algorithms(const Message& message) noexcept;

struct ErrorField {
    std::uint16_t code = 0;
    std::string_view reason;
};
[[nodiscard]] Field<ErrorField> error_code(const Message& message) noexcept;

}  // namespace turnpike::protocol
