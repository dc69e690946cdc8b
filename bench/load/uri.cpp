// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/uri.hpp"

#include <array>
#include <charconv>
#include <optional>

namespace turnpike::bench {
namespace {

using Parsed = protocol::Result<Uri, Problem>;

struct Scheme {
    std::string_view name;
    bool secure;
    bool relays;
};
constexpr std::array schemes{Scheme{"stun", false, false}, Scheme{"stuns", true, false},
                             Scheme{"turn", false, true}, Scheme{"turns", true, true}};

std::optional<Scheme> find_scheme(std::string_view name) {
    for (const Scheme& scheme : schemes) {
        if (scheme.name == name) return scheme;
    }
    return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
    return port;
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

}  // namespace

Parsed Uri::parse(std::string_view text) {
    const auto colon = text.find(':');
    const auto scheme = find_scheme(text.substr(0, colon));
    if (colon == std::string_view::npos || !scheme) {
        return Problem{"begin it with turn: or stun:, as in turn:relay.example.org:3478"};
    }
    Uri uri;
    uri.relays = scheme->relays;
    uri.port = scheme->secure ? 5349 : 3478;

    std::string_view rest = text.substr(colon + 1);
    const auto question = rest.find('?');
    std::string_view query;
    if (question != std::string_view::npos) {
        query = rest.substr(question + 1);
        rest = rest.substr(0, question);
    }
    const auto parts = split_host(rest);
    if (!parts || parts->host.empty()) return Problem{"it names no host"};
    uri.host = parts->host;
    if (!parts->port.empty()) {
        const auto port = parse_port(parts->port.substr(1));
        if (!parts->port.starts_with(':') || !port) return Problem{"its port is not 1-65535"};
        uri.port = *port;
    }
    if (query == "transport=tcp") {
        uri.transport = protocol::Transport::tcp;
    } else if (!query.empty() && query != "transport=udp") {
        return Problem{"after ? only transport=udp or transport=tcp may stand"};
    } else if (scheme->secure && query.empty()) {
        uri.transport = protocol::Transport::tcp;
    }
    uri.transport_given = !query.empty();
    if (scheme->secure) {
        uri.transport = uri.transport == protocol::Transport::tcp ? protocol::Transport::tls
                                                                  : protocol::Transport::dtls;
    }
    return uri;
}

std::string Uri::to_string() const {
    const bool bracketed = host.find(':') != std::string::npos;
    std::string text = relays ? "turn" : "stun";
    text += is_secure(transport) ? "s:" : ":";
    text += bracketed ? "[" + host + "]" : host;
    text += ":" + std::to_string(port);
    if (relays) text += protocol::is_stream(transport) ? "?transport=tcp" : "?transport=udp";
    return text;
}

}  // namespace turnpike::bench
