// SPDX-License-Identifier: BSD-3-Clause
//
// turnserver keeps a list of servers for plain clients and one for those on TLS and DTLS, and names
// one twice to give it more weight. Here a server is one row with an address for each.
#include <fmt/format.h>

#include <algorithm>

#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;

constexpr std::uint16_t plain_port_default = 3478;
constexpr std::uint16_t tls_port_default = 5349;

struct Server {
    Endpoint address;
    std::size_t line = 0;
    unsigned weight = 1;
};

// "192.0.2.1", "192.0.2.1:3478", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:3478".
[[nodiscard]] std::optional<Endpoint> parse_server(std::string_view text, std::uint16_t fallback) {
    if (auto endpoint = Endpoint::parse(text)) {
        if (endpoint->port == 0) endpoint->port = fallback;
        return endpoint->address.is_unspecified() ? std::nullopt : endpoint;
    }
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    const auto address = IpAddress::parse(text);
    if (!address || address->is_unspecified()) return std::nullopt;
    return Endpoint{*address, fallback};
}

// Each once, with the number of times that it was named.
[[nodiscard]] std::vector<Server> read_servers(Work& work, std::string_view name,
                                               std::uint16_t fallback) {
    std::vector<Server> servers;
    for (const Setting& each : work.all(name)) {
        const auto endpoint = parse_server(each.value, fallback);
        if (!endpoint) {
            work.wrong(each, "no address, with a port or without; names are not looked up");
            continue;
        }
        const auto same = std::ranges::find(servers, *endpoint, &Server::address);
        if (same == servers.end()) {
            servers.push_back({*endpoint, each.line, 1});
        } else {
            ++same->weight;
        }
    }
    return servers;
}

// Where that server's TLS is: on the same host, else the next in turn of that family.
[[nodiscard]] const Server* secured_of(const Server& server, std::size_t index,
                                       const std::vector<Server>& secured) {
    std::vector<const Server*> family;
    for (const Server& each : secured) {
        if (each.address.address == server.address.address) return &each;
        if (each.address.address.family() == server.address.address.family()) {
            family.push_back(&each);
        }
    }
    return family.empty() ? nullptr : family[index % family.size()];
}

void say(Work& work, bool has_plain, bool has_secured) {
    const std::string difference =
        ": clients are sent there (300) once they have proved who they "
        "are, and by weight";
    for (const Setting& each : work.all("alternate-server")) {
        if (!parse_server(each.value, plain_port_default)) continue;
        work.changed(each,
                     "redirect.servers" + difference +
                         (has_secured ? "" : "; those on TLS and DTLS too, to the same port"));
    }
    for (const Setting& each : work.all("tls-alternate-server")) {
        if (!parse_server(each.value, tls_port_default)) continue;
        if (has_plain) {
            work.changed(each, "tls_address in redirect.servers" + difference);
        } else {
            work.no_equal(each,
                          "plain clients would be sent there too: write redirect.servers, with "
                          "address and tls_address, if that is wanted");
        }
    }
}

}  // namespace

void carry_redirection(Work& work) {
    const auto plain = read_servers(work, "alternate-server", plain_port_default);
    const auto secured = read_servers(work, "tls-alternate-server", tls_port_default);
    say(work, !plain.empty(), !secured.empty());
    if (plain.empty()) return;
    work.draft().set("redirect.mode", "\"always\"", plain.front().line);
    for (std::size_t index = 0; index < plain.size(); ++index) {
        const Server& each = plain[index];
        std::string toml = fmt::format("{{ address = {}", toml_of(each.address));
        if (const Server* other = secured_of(each, index, secured)) {
            toml += fmt::format(", tls_address = {}", toml_of(other->address));
        }
        toml += fmt::format(", weight = {} }}", each.weight);
        work.draft().add("redirect.servers", toml, each.line);
    }
}

}  // namespace turnpike::coturn
