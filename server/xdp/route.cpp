// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/route.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

#include "server/xdp/monotonic.hpp"

namespace turnpike::xdp {

namespace {

constexpr std::uint16_t wire(std::uint16_t value) noexcept {
    return std::endian::native == std::endian::little
               ? static_cast<std::uint16_t>(value << 8U | value >> 8U)
               : value;
}

void write_address(std::span<std::uint8_t, 16> to, const protocol::IpAddress& address) noexcept {
    const protocol::Bytes octets = address.octets();
    std::ranges::fill(to, std::uint8_t{0});
    if (address.is_v4()) to[10] = to[11] = 0xFF;
    std::memcpy(to.data() + (to.size() - octets.size()), octets.data(), octets.size());
}

// Of RFC 1071, not yet folded.
std::uint32_t sum(std::span<const std::uint8_t, 16> octets) noexcept {
    std::uint32_t total = 0;
    for (std::size_t index = 0; index < octets.size(); index += 2) {
        std::uint16_t word = 0;
        std::memcpy(&word, &octets[index], sizeof word);
        total += word;
    }
    return total;
}

constexpr std::uint16_t fold(std::uint32_t total) noexcept {
    total = (total & 0xFFFFU) + (total >> 16U);
    return static_cast<std::uint16_t>((total & 0xFFFFU) + (total >> 16U));
}

constexpr std::uint16_t difference(std::uint32_t written, std::uint32_t found) noexcept {
    return fold(fold(written) + (0xFFFFU - fold(found)));
}

}  // namespace

RouteKey key_of(const Route& route) noexcept {
    RouteKey key{};
    write_address(key.remote, route.remote.address);
    write_address(key.local, route.local.address);
    key.remote_port = wire(route.remote.port);
    key.local_port = wire(route.local.port);
    key.channel = wire(route.channel);
    return key;
}

RouteEntry entry_of(const Route& route) noexcept {
    const RouteKey key = key_of(route);
    RouteEntry entry{};
    entry.fingerprint = fingerprint_of(&key);
    write_address(entry.source, route.source.address);
    write_address(entry.destination, route.destination.address);
    entry.source_port = wire(route.source.port);
    entry.destination_port = wire(route.destination.port);
    entry.channel = wire(route.channel_written);
    if (route.destination.address.is_v6()) entry.flags |= route_to_v6;
    if (route.hairpin) entry.flags |= route_hairpin;
    if (route.plain) entry.flags |= route_plain;
    entry.expires_ns = monotonic_ns(route.expires);
    entry.allocation = static_cast<std::uint64_t>(route.allocation);
    entry.session = route.session;
    entry.hop = route.hop;
    entry.flow_label = route.flow_label;
    entry.mtu = route.mtu;
    const std::uint32_t found = sum(key.remote) + sum(key.local);
    entry.key_sum = fold(found);
    entry.address_sum = difference(sum(entry.source) + sum(entry.destination), found);
    entry.port_sum = difference(std::uint32_t{entry.source_port} + entry.destination_port,
                                std::uint32_t{key.remote_port} + key.local_port);
    return entry;
}

Route route_to_peer(const BoundChannel& bound) noexcept {
    const bool hairpin = bound.peer_inner.has_value();
    return {.remote = bound.client,
            .local = bound.server,
            .channel = bound.number,
            .source = hairpin ? bound.relayed : bound.relayed_inner,
            .destination = hairpin ? *bound.peer_inner : bound.peer,
            .expires = bound.expires,
            .allocation = bound.allocation,
            .session = bound.session,
            .hop = bound.hop_to_peer,
            .mtu = bound.mtu_to_peer,
            .hairpin = hairpin,
            .plain = bound.plain};
}

Route route_to_client(const BoundChannel& bound) noexcept {
    return {.remote = bound.peer,
            .local = bound.relayed_inner,
            .source = bound.server,
            .destination = bound.client,
            .channel_written = bound.number,
            .expires = bound.expires,
            .allocation = bound.allocation,
            .session = bound.session,
            .hop = bound.hop_to_client,
            .mtu = bound.mtu_to_client,
            .plain = bound.plain};
}

}  // namespace turnpike::xdp
