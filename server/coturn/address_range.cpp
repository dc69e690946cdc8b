// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/address_range.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace turnpike::coturn {
namespace {

using protocol::IpAddress;
using protocol::Subnet;

using Octets = std::array<std::byte, 16>;

[[nodiscard]] Octets octets_of(const IpAddress& address) noexcept {
    Octets octets{};
    std::ranges::copy(address.octets(), octets.begin());
    return octets;
}

[[nodiscard]] IpAddress address_of(const Octets& octets, bool is_v4) noexcept {
    const std::span whole{octets};
    return is_v4 ? IpAddress::v4(whole.first<4>()) : IpAddress::v6(whole);
}

[[nodiscard]] std::uint8_t bits_of(const IpAddress& address) noexcept {
    return address.is_v4() ? 32 : 128;
}

[[nodiscard]] std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The neighbour above. The last address of all has the first one.
[[nodiscard]] IpAddress after(const IpAddress& address) noexcept {
    Octets octets = octets_of(address);
    for (std::size_t index = address.octets().size(); index-- > 0;) {
        octets[index] = static_cast<std::byte>(std::to_integer<unsigned>(octets[index]) + 1);
        if (octets[index] != std::byte{0}) break;
    }
    return address_of(octets, address.is_v4());
}

// The neighbour below. The first address of all has the last one.
[[nodiscard]] IpAddress before(const IpAddress& address) noexcept {
    Octets octets = octets_of(address);
    for (std::size_t index = address.octets().size(); index-- > 0;) {
        octets[index] = static_cast<std::byte>(std::to_integer<unsigned>(octets[index]) - 1);
        if (octets[index] != std::byte{0xFF}) break;
    }
    return address_of(octets, address.is_v4());
}

// Bit 0 is the highest.
[[nodiscard]] bool bit_of(const IpAddress& address, std::size_t index) noexcept {
    const auto octet = std::to_integer<unsigned>(address.octets()[index / 8]);
    return (octet >> (7 - index % 8) & 1U) != 0;
}

// With every bit below the prefix set.
[[nodiscard]] IpAddress last_of(const Subnet& subnet) noexcept {
    Octets octets = octets_of(subnet.network);
    for (std::size_t index = subnet.prefix; index < bits_of(subnet.network); ++index) {
        octets[index / 8] |= static_cast<std::byte>(0x80U >> (index % 8));
    }
    return address_of(octets, subnet.network.is_v4());
}

// The largest block that begins there and does not go beyond `last`.
[[nodiscard]] Subnet largest_block(const IpAddress& first, const IpAddress& last) noexcept {
    Subnet block{.network = first, .prefix = bits_of(first)};
    while (block.prefix > 0 && !bit_of(first, block.prefix - 1U)) {
        const Subnet wider{.network = first, .prefix = static_cast<std::uint8_t>(block.prefix - 1)};
        if (last_of(wider) > last) break;
        block = wider;
    }
    return block;
}

}  // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    if (text.find('/') != std::string_view::npos) {
        const auto subnet = Subnet::parse(text);
        if (!subnet || subnet->port_min != 0 || subnet->port_max != 65535) return std::nullopt;
        return of(*subnet);
    }
    const auto dash = text.find('-');
    const auto first = IpAddress::parse(trimmed(text.substr(0, dash)));
    const auto last =
        dash == std::string_view::npos ? first : IpAddress::parse(trimmed(text.substr(dash + 1)));
    if (!first || !last || first->family() != last->family() || *first > *last) return std::nullopt;
    return AddressRange{*first, *last};
}

AddressRange AddressRange::of(const Subnet& subnet) noexcept {
    return {subnet.network, last_of(subnet)};
}

bool AddressRange::overlaps(const AddressRange& other) const noexcept {
    return first.family() == other.first.family() && first <= other.last && other.first <= last;
}

std::vector<Subnet> to_subnets(const AddressRange& range) {
    std::vector<Subnet> blocks;
    for (IpAddress first = range.first;;) {
        blocks.push_back(largest_block(first, range.last));
        const IpAddress last = last_of(blocks.back());
        if (last == range.last) return blocks;
        first = after(last);
    }
}

AddressRanges without(const AddressRanges& ranges, const AddressRange& hole) {
    AddressRanges rest;
    for (const AddressRange& each : ranges) {
        if (!each.overlaps(hole)) {
            rest.push_back(each);
            continue;
        }
        if (each.first < hole.first) rest.push_back({each.first, before(hole.first)});
        if (hole.last < each.last) rest.push_back({after(hole.last), each.last});
    }
    return rest;
}

}  // namespace turnpike::coturn
