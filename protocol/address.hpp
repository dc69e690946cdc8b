// SPDX-License-Identifier: BSD-3-Clause
//
// IP addresses, endpoints and five-tuples as plain values, made once at the edge and compared
// everywhere. An IPv4-mapped IPv6 address stays IPv6 here: undoing disguises is the business of
// auth::PeerPolicy alone.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/bytes.hpp"

namespace turnpike::protocol {

// The wire values of RFC 8489 section 14.1.
enum class Family : std::uint8_t { ipv4 = 1, ipv6 = 2 };

// How a client reaches us. RFC 8656 section 3.2 makes it part of the five-tuple.
enum class Transport : std::uint8_t { udp, tcp, tls, dtls };

[[nodiscard]] std::string_view to_string(Family family) noexcept;        // "ipv4", "ipv6"
[[nodiscard]] std::string_view to_string(Transport transport) noexcept;  // "udp", ...
[[nodiscard]] constexpr bool is_stream(Transport transport) noexcept {
    return transport == Transport::tcp || transport == Transport::tls;
}

class IpAddress {
public:
    constexpr IpAddress() noexcept = default;  // 0.0.0.0

    // Network byte order. The size of the span decides nothing: callers pass exactly 4 or 16
    // octets.
    [[nodiscard]] static IpAddress v4(std::span<const std::byte, 4> octets) noexcept;
    [[nodiscard]] static IpAddress v6(std::span<const std::byte, 16> octets) noexcept;
    [[nodiscard]] static constexpr IpAddress v4(std::uint32_t host_order) noexcept;
    // Textual form, "192.0.2.1" or "2001:db8::1"; no scope ids, no names.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    [[nodiscard]] constexpr Family family() const noexcept { return family_; }
    [[nodiscard]] constexpr bool is_v4() const noexcept { return family_ == Family::ipv4; }
    [[nodiscard]] constexpr bool is_v6() const noexcept { return family_ == Family::ipv6; }
    [[nodiscard]] constexpr bool is_unspecified() const noexcept {
        return octets_ == std::array<std::byte, 16>{};
    }
    // 4 or 16 octets in network order; lives as long as this address.
    [[nodiscard]] constexpr Bytes octets() const noexcept {
        return Bytes{octets_}.first(is_v4() ? 4 : 16);
    }
    [[nodiscard]] std::string to_string() const;

    constexpr auto operator<=>(const IpAddress&) const noexcept = default;

private:
    Family family_ = Family::ipv4;
    std::array<std::byte, 16> octets_{};  // IPv4 uses the first four
};

constexpr IpAddress IpAddress::v4(std::uint32_t host_order) noexcept {
    IpAddress address;
    for (unsigned index = 0; index < 4; ++index) {
        address.octets_[index] = static_cast<std::byte>(host_order >> (24U - 8U * index));
    }
    return address;
}

struct Endpoint {
    IpAddress address;
    std::uint16_t port = 0;

    // "192.0.2.1:3478" or "[2001:db8::1]:3478".
    [[nodiscard]] static std::optional<Endpoint> parse(std::string_view text);
    [[nodiscard]] std::string to_string() const;

    constexpr auto operator<=>(const Endpoint&) const noexcept = default;
};

struct FiveTuple {
    Endpoint client;
    Endpoint server;
    Transport transport = Transport::udp;

    constexpr auto operator<=>(const FiveTuple&) const noexcept = default;
};

// Found by boost::hash and boost::unordered containers.
[[nodiscard]] std::size_t hash_value(const IpAddress& address) noexcept;
[[nodiscard]] std::size_t hash_value(const Endpoint& endpoint) noexcept;
[[nodiscard]] std::size_t hash_value(const FiveTuple& five_tuple) noexcept;

}  // namespace turnpike::protocol
