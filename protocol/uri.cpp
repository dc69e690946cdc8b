// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/uri.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace turnpike::protocol {
namespace {

using Parsed = Result<Uri, UriProblem>;

struct Scheme {
    std::string_view name;
    bool secure;
    bool relays;
};
constexpr std::array schemes{Scheme{"stun", false, false}, Scheme{"stuns", true, false},
                             Scheme{"turn", false, true}, Scheme{"turns", true, true}};

// RFC 3986 section 3.1 for schemes, RFC 5234 section 2.3 for the words of a grammar.
bool equal_but_for_case(std::string_view left, std::string_view right) {
    const auto lower = [](char letter) {
        return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    };
    return std::ranges::equal(left, right, {}, lower, lower);
}

std::optional<Scheme> find_scheme(std::string_view name) {
    for (const Scheme& scheme : schemes) {
        if (equal_but_for_case(scheme.name, name)) return scheme;
    }
    return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
}

// What people write that no client takes.
std::string_view mistake_in(std::string_view rest) {
    if (rest.starts_with("//")) return "leave the // out, as in turn:relay.example.org:3478";
    if (rest.find('@') != std::string_view::npos) return "a login does not stand in it";
    if (!rest.starts_with('[') && std::ranges::count(rest, ':') > 1) {
        return "an IPv6 address stands in brackets, as in turn:[2001:db8::1]:3478";
    }
    return {};
}

bool is_host(std::string_view host, bool bracketed) {
    if (bracketed) return IpAddress::parse(host).value_or(IpAddress{}).is_v6();
    constexpr std::size_t name_octets_max = 253;
    const auto fits = [](char letter) {
        return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
               (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' || letter == '_';
    };
    return !host.empty() && host.size() <= name_octets_max && std::ranges::all_of(host, fits);
}

// Splits "host", "host:port", "[v6]" and "[v6]:port"; the port is what follows, with its colon.
struct HostPort {
    std::string_view host;
    std::string_view port;
};
std::optional<HostPort> split_host(std::string_view text) {
    if (text.starts_with('[')) {
        const auto close = text.find(']');
        if (close == std::string_view::npos) return std::nullopt;
        return HostPort{text.substr(1, close - 1), text.substr(close + 1)};
    }
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) return HostPort{text, {}};
    return HostPort{text.substr(0, colon), text.substr(colon)};
}

enum class Query : std::uint8_t { none, udp, tcp, wrong };

Query read_query(std::string_view rest) {
    const auto question = rest.find('?');
    if (question == std::string_view::npos) return Query::none;
    const auto query = rest.substr(question + 1);
    if (equal_but_for_case(query, "transport=udp")) return Query::udp;
    return equal_but_for_case(query, "transport=tcp") ? Query::tcp : Query::wrong;
}

Transport transport_of(bool secure, Query query) {
    if (secure) return query == Query::udp ? Transport::dtls : Transport::tls;
    return query == Query::tcp ? Transport::tcp : Transport::udp;
}

}  // namespace

Parsed Uri::parse(std::string_view text) {
    const auto colon = text.find(':');
    const auto scheme = find_scheme(text.substr(0, colon));
    if (colon == std::string_view::npos || !scheme) {
        return UriProblem{"begin it with turn: or stun:, as in turn:relay.example.org:3478"};
    }
    std::string_view rest = text.substr(colon + 1);
    const Query query = read_query(rest);
    if (query == Query::wrong) {
        return UriProblem{"after ? only transport=udp or transport=tcp may stand"};
    }
    Uri uri;
    uri.relays = scheme->relays;
    uri.transport = transport_of(scheme->secure, query);
    uri.transport_given = query != Query::none;
    uri.port = default_port(uri.transport);

    rest = rest.substr(0, rest.find('?'));
    if (const auto mistake = mistake_in(rest); !mistake.empty()) {
        return UriProblem{std::string{mistake}};
    }
    const auto parts = split_host(rest);
    if (!parts || parts->host.empty()) return UriProblem{"it names no host"};
    if (!is_host(parts->host, rest.starts_with('['))) {
        return UriProblem{std::string{parts->host} + " is no name and no address"};
    }
    uri.host = parts->host;
    if (!parts->port.empty()) {
        const auto port = parse_port(parts->port.substr(1));
        if (!parts->port.starts_with(':') || !port) return UriProblem{"its port is not 1-65535"};
        uri.port = *port;
    }
    return uri;
}

std::string Uri::to_string() const {
    const bool bracketed = host.find(':') != std::string::npos;
    std::string text = relays ? "turn" : "stun";
    text += is_secure(transport) ? "s:" : ":";
    text += bracketed ? "[" + host + "]" : host;
    text += ":" + std::to_string(port);
    if (relays) text += is_stream(transport) ? "?transport=tcp" : "?transport=udp";
    return text;
}

}  // namespace turnpike::protocol
