// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/subnet.hpp"

#include <array>
#include <charconv>

namespace turnpike::protocol {
namespace {

template <std::unsigned_integral Integer>
std::optional<Integer> parse_number(std::string_view text) {
    Integer number = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, number);
    if (error != std::errc{} || end != last) return std::nullopt;
    return number;
}

std::uint8_t bits_of(const IpAddress& address) noexcept {
    return address.is_v4() ? 32 : 128;
}

// What of octet `index` belongs to a network of `prefix` bits.
std::byte mask_at(std::size_t index, std::uint8_t prefix) noexcept {
    const std::size_t before = index * 8;
    if (prefix >= before + 8) return std::byte{0xFF};
    if (prefix <= before) return std::byte{0};
    return static_cast<std::byte>(0xFF00U >> (prefix - before));
}

bool clear_below(const IpAddress& network, std::uint8_t prefix) noexcept {
    const Bytes octets = network.octets();
    for (std::size_t index = 0; index < octets.size(); ++index) {
        if ((octets[index] & ~mask_at(index, prefix)) != std::byte{0}) return false;
    }
    return true;
}

bool parse_ports(std::string_view text, Subnet& subnet) {
    const auto dash = text.find('-');
    const auto first = parse_number<std::uint16_t>(text.substr(0, dash));
    const auto last =
        dash == std::string_view::npos ? first : parse_number<std::uint16_t>(text.substr(dash + 1));
    if (!first || !last || *first > *last) return false;
    subnet.port_min = *first;
    subnet.port_max = *last;
    return true;
}

// Where the colon of the ports stands: after a bracket, or the only one in IPv4.
std::size_t find_ports(std::string_view text) noexcept {
    const auto bracket = text.rfind(']');
    if (bracket != std::string_view::npos) return text.find(':', bracket);
    const auto colon = text.find(':');
    return text.find(':', colon == std::string_view::npos ? colon : colon + 1) ==
                   std::string_view::npos
               ? colon
               : std::string_view::npos;
}

}  // namespace

std::optional<Subnet> Subnet::parse(std::string_view text) {
    Subnet subnet;
    const auto colon = find_ports(text);
    if (colon != std::string_view::npos && !parse_ports(text.substr(colon + 1), subnet)) {
        return std::nullopt;
    }
    text = text.substr(0, colon);
    const auto slash = text.find('/');
    std::string_view host = text.substr(0, slash);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto network = IpAddress::parse(host);
    if (!network || (bracketed && network->is_v4())) return std::nullopt;
    subnet.network = *network;
    subnet.prefix = bits_of(*network);
    if (slash != std::string_view::npos) {
        const auto prefix = parse_number<std::uint8_t>(text.substr(slash + 1));
        if (!prefix || *prefix > bits_of(*network)) return std::nullopt;
        subnet.prefix = *prefix;
    }
    if (!clear_below(subnet.network, subnet.prefix)) return std::nullopt;
    return subnet;
}

bool Subnet::contains(const IpAddress& address) const noexcept {
    if (address.family() != network.family()) return false;
    const Bytes left = network.octets();
    const Bytes right = address.octets();
    for (std::size_t index = 0; index < left.size(); ++index) {
        if (((left[index] ^ right[index]) & mask_at(index, prefix)) != std::byte{0}) return false;
    }
    return true;
}

bool Subnet::contains(const Endpoint& endpoint) const noexcept {
    return endpoint.port >= port_min && endpoint.port <= port_max && contains(endpoint.address);
}

std::string Subnet::to_string() const {
    const bool all_ports = port_min == 0 && port_max == 65535;
    const std::string host = network.to_string();
    const bool bracketed = network.is_v6() && !all_ports;
    std::string text = (bracketed ? "[" + host + "]" : host) + "/" + std::to_string(prefix);
    if (all_ports) return text;
    return text + ":" + std::to_string(port_min) + "-" + std::to_string(port_max);
}

}  // namespace turnpike::protocol
