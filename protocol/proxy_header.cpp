// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/proxy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>

#include "protocol/reader.hpp"

namespace turnpike::protocol {
namespace {

using namespace std::string_view_literals;
using State = ProxyHeader::State;

constexpr auto text_start = "PROXY "sv;
constexpr std::size_t text_octets_max = 107;  // the longest line of version 1, its end included
constexpr auto signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t binary_start_octets = 16;

constexpr ProxyHeader broken{State::broken, 0, {}};
constexpr ProxyHeader incomplete{State::incomplete, 0, {}};

// As much of it as is there is the beginning of `expected`.
bool begins_like(std::string_view text, std::string_view expected) noexcept {
    const std::size_t count = std::min(text.size(), expected.size());
    return text.substr(0, count) == expected.substr(0, count);
}

// A proxy that listens on IPv6 for both families writes IPv4 addresses as IPv6 ones; its clients
// know themselves by the former.
IpAddress unmapped(const IpAddress& address) noexcept {
    constexpr auto mapped = "\0\0\0\0\0\0\0\0\0\0\xFF\xFF"sv;
    const Bytes octets = address.octets();
    if (octets.size() != 16 || as_text(octets.first(mapped.size())) != mapped) return address;
    return IpAddress::v4(octets.last<4>());
}

std::string_view next_word(std::string_view& line) noexcept {
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), word.size() + 1));
    return word;
}

std::optional<IpAddress> read_address(std::string_view word, Family family) {
    const auto address = IpAddress::parse(word);
    if (!address || address->family() != family) return std::nullopt;
    return unmapped(*address);
}

std::optional<std::uint16_t> read_port(std::string_view word) noexcept {
    std::uint16_t port = 0;
    if (word.size() > 1 && word.front() == '0') return std::nullopt;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), port);
    if (error != std::errc{} || end != word.data() + word.size()) return std::nullopt;
    return port;
}

std::optional<ProxyHeader::Ends> read_ends(std::string_view line, Family family) {
    const auto client = read_address(next_word(line), family);
    const auto server = read_address(next_word(line), family);
    const auto client_port = read_port(next_word(line));
    const bool last = line.find(' ') == std::string_view::npos;
    const auto server_port = read_port(line);
    if (!client || !server || !client_port || !server_port || !last) return std::nullopt;
    return ProxyHeader::Ends{{*client, *client_port}, {*server, *server_port}};
}

ProxyHeader read_text(std::string_view text) {
    const std::string_view head = text.substr(0, text_octets_max);
    const std::size_t end = head.find("\r\n");
    if (end == std::string_view::npos) {
        return head.size() == text_octets_max ? broken : incomplete;
    }
    std::string_view line = head.substr(text_start.size(), end - text_start.size());
    ProxyHeader header{State::complete, end + 2, {}};
    const std::string_view protocol = next_word(line);
    if (protocol == "UNKNOWN") return header;
    if (protocol != "TCP4" && protocol != "TCP6") return broken;
    header.ends = read_ends(line, protocol == "TCP4" ? Family::ipv4 : Family::ipv6);
    return header.ends ? header : broken;
}

IpAddress next_address(Reader& reader, Family family) noexcept {
    if (family == Family::ipv4) return IpAddress::v4(reader.integer<std::uint32_t>());
    const Bytes octets = reader.bytes(16);
    return octets.empty() ? IpAddress{} : unmapped(IpAddress::v6(octets.first<16>()));
}

std::optional<ProxyHeader::Ends> read_ends(Reader reader, Family family) noexcept {
    ProxyHeader::Ends ends;
    ends.client.address = next_address(reader, family);
    ends.server.address = next_address(reader, family);
    ends.client.port = reader.integer<std::uint16_t>();
    ends.server.port = reader.integer<std::uint16_t>();
    return reader.ok() ? std::optional{ends} : std::nullopt;
}

ProxyHeader read_binary(Bytes stream) noexcept {
    enum : std::uint8_t { local = 0x20, proxy = 0x21 };                 // version 2 and the command
    enum : std::uint8_t { unspecified = 0, tcp4 = 0x11, tcp6 = 0x21 };  // family and protocol
    if (stream.size() < binary_start_octets) return incomplete;
    Reader reader{stream.subspan(signature.size())};
    const auto command = reader.integer<std::uint8_t>();
    const auto family = reader.integer<std::uint8_t>();
    const std::size_t length = reader.integer<std::uint16_t>();
    ProxyHeader header{State::complete, binary_start_octets + length, {}};
    if (header.octets > proxy_header_octets_max) return broken;
    if (command != local && command != proxy) return broken;
    const bool has_ends = command == proxy && family != unspecified;
    if (has_ends && family != tcp4 && family != tcp6) return broken;
    if (stream.size() < header.octets) return incomplete;
    if (!has_ends) return header;
    header.ends =
        read_ends(Reader{reader.bytes(length)}, family == tcp4 ? Family::ipv4 : Family::ipv6);
    return header.ends ? header : broken;
}

}  // namespace

ProxyHeader read_proxy_header(Bytes stream) {
    const std::string_view text = as_text(stream);
    if (begins_like(text, signature)) return read_binary(stream);
    if (!begins_like(text, text_start)) return broken;
    return text.size() < text_start.size() ? incomplete : read_text(text);
}

}  // namespace turnpike::protocol
