// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <charconv>

namespace turnpike::protocol {
namespace {

template <std::size_t Size>
std::optional<std::array<std::byte, Size>> parse_octets(int family, const std::string& text) {
    std::array<std::byte, Size> octets{};
    if (inet_pton(family, text.c_str(), octets.data()) != 1) return std::nullopt;
    return octets;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const last = text.data() + text.size();
    const auto [end, error] = std::from_chars(text.data(), last, port);
    if (error != std::errc{} || end != last) return std::nullopt;
    return port;
}

}  // namespace

std::string_view to_string(Family family) noexcept {
    return family == Family::ipv4 ? "ipv4" : "ipv6";
}

std::string_view to_string(Transport transport) noexcept {
    switch (transport) {
        case Transport::udp:
            return "udp";
        case Transport::tcp:
            return "tcp";
        case Transport::tls:
            return "tls";
        case Transport::dtls:
            return "dtls";
    }
    return "unknown";
}

IpAddress IpAddress::v4(std::span<const std::byte, 4> octets) noexcept {
    IpAddress address;
    std::ranges::copy(octets, address.octets_.begin());
    return address;
}

IpAddress IpAddress::v6(std::span<const std::byte, 16> octets) noexcept {
    IpAddress address;
    address.family_ = Family::ipv6;
    std::ranges::copy(octets, address.octets_.begin());
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    // inet_pton() reads up to a NUL: one inside the text must not end it early.
    if (text.find('\0') != std::string_view::npos) return std::nullopt;
    const std::string terminated{text};
    if (const auto octets = parse_octets<4>(AF_INET, terminated)) return v4(*octets);
    if (const auto octets = parse_octets<16>(AF_INET6, terminated)) return v6(*octets);
    return std::nullopt;
}

std::string IpAddress::to_string() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(is_v4() ? AF_INET : AF_INET6, octets_.data(), text.data(), text.size());
    return text.data();
}

std::optional<Endpoint> Endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    std::string_view host = text.substr(0, colon);
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (bracketed) host = host.substr(1, host.size() - 2);
    const auto address = IpAddress::parse(host);
    const auto port = parse_port(text.substr(colon + 1));
    if (!address || !port || bracketed != address->is_v6()) return std::nullopt;
    return Endpoint{*address, *port};
}

std::string Endpoint::to_string() const {
    const std::string host =
        address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
    return host + ":" + std::to_string(port);
}

std::size_t hash_value(const IpAddress& address) noexcept {
    const Bytes octets = address.octets();
    return boost::hash_range(octets.begin(), octets.end());
}

std::size_t hash_value(const Endpoint& endpoint) noexcept {
    std::size_t seed = hash_value(endpoint.address);
    boost::hash_combine(seed, endpoint.port);
    return seed;
}

std::size_t hash_value(const FiveTuple& five_tuple) noexcept {
    std::size_t seed = hash_value(five_tuple.client);
    boost::hash_combine(seed, hash_value(five_tuple.server));
    boost::hash_combine(seed, static_cast<unsigned>(five_tuple.transport));
    return seed;
}

}  // namespace turnpike::protocol
