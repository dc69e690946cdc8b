// SPDX-License-Identifier: BSD-3-Clause
//
// Where everybody is in the route model: a server with addresses of both families, that of IPv4
// behind a 1:1 NAT, and clients and peers whose last octet says how the kernel gets to them. Plain
// values.
#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "tests/support/kernel_relay.hpp"
#include "tests/support/route_model/dice.hpp"

namespace turnpike::test::route_model {

using protocol::Endpoint;
using protocol::Family;
using protocol::IpAddress;
using protocol::TimePoint;

[[nodiscard]] inline std::size_t index_of(Family family) {
    return family == Family::ipv4 ? 0 : 1;
}

// What peers know, and what the host has.
[[nodiscard]] inline IpAddress advertised(Family family) {
    return at(family == Family::ipv4 ? "192.0.2.1:0" : "[2001:db8:f::1]:0").address;
}
[[nodiscard]] inline IpAddress local(Family family) {
    return at(family == Family::ipv4 ? "10.0.0.1:0" : "[2001:db8:f::1]:0").address;
}
[[nodiscard]] inline Endpoint server(Family family) {
    return {local(family), 3478};
}
[[nodiscard]] inline bool is_relay(const IpAddress& address) {
    return address == advertised(address.family());
}
[[nodiscard]] inline Endpoint as_local(const Endpoint& relayed) {
    return is_relay(relayed.address) ? Endpoint{local(relayed.address.family()), relayed.port}
                                     : relayed;
}

// The way to a client or a peer.
struct Passage {
    std::uint32_t hop = hop_back;
    std::uint16_t mtu = 0;
};
constexpr std::uint32_t hop_narrow = 4;
constexpr std::uint32_t narrow_mtu = 900;
constexpr std::uint16_t path_mtu = 600;

enum class Place : std::uint8_t {
    near = 1,
    also_near,
    nearby,
    narrow,
    narrow_path,
    no_neighbour,
    off
};

// None: the kernel has none, and gets no routes.
[[nodiscard]] inline std::optional<Passage> passage_to(const IpAddress& address) {
    switch (static_cast<Place>(address.octets().back())) {
        case Place::narrow:
            return Passage{.hop = hop_narrow};
        case Place::narrow_path:
            return Passage{.mtu = path_mtu};
        case Place::no_neighbour:
            return Passage{.hop = hop_unusable};
        case Place::off:
            return std::nullopt;
        default:
            return Passage{};
    }
}

[[nodiscard]] inline std::string with_place(const char* prefix, Dice& dice) {
    const auto last = dice.chance(75) ? 1 + dice.below(3) : 1 + dice.below(7);
    return prefix + std::to_string(last);
}
[[nodiscard]] inline Endpoint some_client(Dice& dice) {
    auto address = dice.chance(50) ? with_place("203.0.113.", dice) + ":0"
                                   : "[" + with_place("2001:db8:c::", dice) + "]:0";
    return {at(address).address, static_cast<std::uint16_t>(40'000 + dice.below(30))};
}
[[nodiscard]] inline Endpoint some_peer(Dice& dice, Family family) {
    auto address = family == Family::ipv4 ? with_place("198.51.100.", dice) + ":0"
                                          : "[" + with_place("2001:db8:b::", dice) + "]:0";
    return {at(address).address, static_cast<std::uint16_t>(7'000 + dice.below(3))};
}

}  // namespace turnpike::test::route_model
