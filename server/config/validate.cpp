// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/validate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocol/uri.hpp"

namespace turnpike::config {
namespace {

using Findings = std::vector<Finding>;

constexpr std::size_t secret_bytes_advised = 16;

void error(Findings& findings, std::string_view key, std::string what) {
    findings.push_back({Severity::error, key, std::move(what)});
}

void warning(Findings& findings, std::string_view key, std::string what) {
    findings.push_back({Severity::warning, key, std::move(what)});
}

// What stands more than once; each such value once.
template <typename Element>
[[nodiscard]] std::vector<Element> repeated(std::vector<Element> elements) {
    std::ranges::sort(elements);
    std::vector<Element> twice;
    for (std::size_t index = 1; index < elements.size(); ++index) {
        if (elements[index] != elements[index - 1]) continue;
        if (twice.empty() || twice.back() != elements[index]) twice.push_back(elements[index]);
    }
    return twice;
}

void check_users(const Config& config, Findings& findings) {
    if (!config.users.empty() || !config.auth.secrets.empty() ||
        !config.auth.access_tokens.empty()) {
        return;
    }
    if (!config.storage.url.empty()) {
        return warning(findings, "auth.secrets",
                       "no users and no secrets here: only those in the database may log in "
                       "(`turnpike user add`, `turnpike secret add`)");
    }
    error(findings, "auth.secrets",
          "no users, no secrets and no database: nobody could log in. Set auth.secrets = "
          "[\"...\"] (`openssl rand -base64 32` makes one), or a user: [users] alice = \"...\"");
}

// A "/" ends the host of a URL: what stands behind one that belongs to the password would be taken
// for a database, what stands before it for a port, and both be named in errors.
[[nodiscard]] bool breaks_password(std::string_view url) {
    url.remove_prefix(url.find("://") + 3);
    url = url.substr(0, url.find_first_of("?#"));
    const auto slash = url.find('/');
    return slash != url.npos && url.find('@') != url.npos && url.find('@') > slash;
}

// Keywords as libpq takes them hold a "=": "host=/run/postgresql dbname=site".
void check_storage(const Config& config, Findings& findings) {
    const std::string_view url = config.storage.url;
    const auto is = [&](std::string_view scheme) { return url.starts_with(scheme); };
    if (url.empty()) return;
    if (is("postgresql://") || is("postgres://")) {
        if (!breaks_password(url)) return;
        return error(findings, "storage.url",
                     "storage.url: the \"/\" in its password ends the host; write %2F for it, and "
                     "%3F for \"?\", %40 for \"@\", %25 for \"%\"");
    }
    if (is("sqlite:")) {
        if (!url.ends_with(":")) return;
    } else if (url.find("://") == std::string_view::npos && url.find('=') != url.npos) {
        return;
    }
    error(findings, "storage.url",
          "storage.url: no database that is known here; write \"sqlite:FILE\" or "
          "\"postgresql://USER@HOST/DATABASE\"");
}

void check_secrets(const Config& config, Findings& findings) {
    const auto is_short = [](const Secret& each) {
        return each.secret.size() < secret_bytes_advised;
    };
    if (std::ranges::any_of(config.auth.secrets, is_short)) {
        warning(findings, "auth.secrets",
                fmt::format("auth.secrets: a secret shorter than {} characters can be guessed",
                            secret_bytes_advised));
    }
}

void check_access_tokens(const Config& config, Findings& findings) {
    std::vector<std::string> ids;
    for (const AccessTokenKey& each : config.auth.access_tokens) ids.push_back(each.id);
    for (const std::string& id : repeated(ids)) {
        error(findings, "auth.access_tokens",
              fmt::format("auth.access_tokens: the id \"{}\" stands there twice", id));
    }
}

struct Listeners {
    std::string_view key;
    const std::vector<protocol::Endpoint>& endpoints;
};

[[nodiscard]] std::vector<Listeners> all_listeners(const Listen& listen) {
    return {{"listen.udp", listen.udp},
            {"listen.tcp", listen.tcp},
            {"listen.tls", listen.tls},
            {"listen.dtls", listen.dtls},
            {"listen.auto", listen.automatic}};
}

// One port takes one kind of connection and one kind of datagram; listen.auto takes both.
void check_overlap(const Listen& listen, Findings& findings) {
    const std::vector<std::pair<Listeners, Listeners>> pairs{
        {{"listen.tls", listen.tls}, {"listen.tcp", listen.tcp}},
        {{"listen.dtls", listen.dtls}, {"listen.udp", listen.udp}},
        {{"listen.auto", listen.automatic}, {"listen.udp", listen.udp}},
        {{"listen.auto", listen.automatic}, {"listen.tcp", listen.tcp}},
        {{"listen.auto", listen.automatic}, {"listen.tls", listen.tls}},
        {{"listen.auto", listen.automatic}, {"listen.dtls", listen.dtls}}};
    for (const auto& [one, other] : pairs) {
        for (const protocol::Endpoint& each : one.endpoints) {
            if (std::ranges::find(other.endpoints, each) == other.endpoints.end()) continue;
            error(findings, one.key,
                  fmt::format("{}: {} stands in {} too; leave it out of one of them", one.key,
                              each.to_string(), other.key));
        }
    }
}

void check_certificates(const Listen& listen, Findings& findings) {
    for (const auto& [key, endpoints] : all_listeners(listen)) {
        const bool secured = key == "listen.tls" || key == "listen.dtls" || key == "listen.auto";
        if (!secured || endpoints.empty() || !listen.certificate.empty()) continue;
        error(findings, key,
              fmt::format("{}: needs a certificate: set listen.certificate and "
                          "listen.private_key",
                          key));
    }
    if (listen.certificate.empty() == listen.private_key.empty()) return;
    const bool lacks_key = listen.private_key.empty();
    error(findings, lacks_key ? "listen.certificate" : "listen.private_key",
          fmt::format("listen.{0}: needs its {1}: set listen.{1}",
                      lacks_key ? "certificate" : "private_key",
                      lacks_key ? "private_key" : "certificate"));
}

void check_listeners(const Config& config, Findings& findings) {
    const auto listeners = all_listeners(config.listen);
    if (std::ranges::all_of(listeners, [](const auto& each) { return each.endpoints.empty(); })) {
        error(findings, "listen.udp",
              "no listeners: set listen.udp or listen.tcp, as in [\"0.0.0.0:3478\"]");
    }
    check_overlap(config.listen, findings);
    check_certificates(config.listen, findings);
    for (const auto& [key, endpoints] : listeners) {
        for (const protocol::Endpoint& each : repeated(endpoints)) {
            error(findings, key, fmt::format("{}: {} stands there twice", key, each.to_string()));
        }
        for (const protocol::Endpoint& each : endpoints) {
            if (!config.relay.ports.contains(each.port)) continue;
            error(findings, key,
                  fmt::format("{}: port {} lies within relay.ports, {} to {}; choose another port "
                              "or narrow relay.ports",
                              key, each.port, config.relay.ports.min, config.relay.ports.max));
        }
    }
}

void check_discovery(const Config& config, Findings& findings) {
    const auto& [addresses, ports, padding, response_port] = config.discovery;
    if (addresses.empty()) return;
    const bool pair = addresses.size() == 2 && addresses[0] != addresses[1] &&
                      addresses[0].family() == addresses[1].family();
    if (!pair) {
        error(findings, "discovery.addresses",
              "discovery.addresses: expected two different addresses of one family, as in "
              "[\"192.0.2.1\", \"192.0.2.2\"]");
    }
    if (ports.min == ports.max) {
        error(findings, "discovery.ports",
              fmt::format("discovery.ports: {} stands there twice; expected two different ports, "
                          "as in [3478, 3479]",
                          ports.min));
    }
    for (const std::uint16_t port : {ports.min, ports.max}) {
        if (!config.relay.ports.contains(port)) continue;
        error(findings, "discovery.ports",
              fmt::format("discovery.ports: port {} lies within relay.ports, {} to {}", port,
                          config.relay.ports.min, config.relay.ports.max));
    }
}

void check_hostname(const Config& config, Findings& findings) {
    const std::string& name = config.server.hostname;
    if (name.empty()) return;
    const auto uri = protocol::Uri::parse("turn:" + name);
    if (uri && uri->host == name && !protocol::IpAddress::parse(name)) return;
    error(findings, "server.hostname",
          fmt::format("server.hostname: \"{}\" is no name, as turn.example.org is one", name));
}

void check_redirect(const Config& config, Findings& findings) {
    const auto& [mode, servers, allocations] = config.redirect;
    if (mode != RedirectMode::off && servers.empty()) {
        error(findings, "redirect.servers",
              "redirect.servers: no server to send clients to; write [{ address = "
              "\"192.0.2.9:3478\" }], or set redirect.mode = \"off\"");
    }
    if (mode == RedirectMode::overload && allocations == 0) {
        error(findings, "redirect.allocations",
              "redirect.allocations: say how many allocations are overload");
    }
}

void check_relay_addresses(const Config& config, Findings& findings) {
    const auto& addresses = config.relay.addresses;
    for (const protocol::IpAddress& each : repeated(addresses)) {
        error(findings, "relay.addresses",
              fmt::format("relay.addresses: {} stands there twice", each.to_string()));
    }
    if (!addresses.empty() && std::ranges::none_of(addresses, &protocol::IpAddress::is_v4)) {
        warning(findings, "relay.addresses",
                "relay.addresses: no IPv4 address, so every client that does not ask for IPv6 is "
                "refused (440)");
    }
}

void check_external(const Config& config, Findings& findings) {
    constexpr std::string_view key = "relay.external";
    const auto& addresses = config.relay.addresses;
    std::vector<protocol::IpAddress> targets;
    for (const auto& [relay, external] : config.relay.external) {
        targets.push_back(external);
        if (relay.family() != external.family()) {
            error(findings, key,
                  fmt::format("{}: {} and {} are of different families", key, relay.to_string(),
                              external.to_string()));
        }
        if (!addresses.empty() && std::ranges::find(addresses, relay) == addresses.end()) {
            error(findings, key,
                  fmt::format("{}: {} is none of relay.addresses; the address of this host stands "
                              "on the left, the public one on the right",
                              key, relay.to_string()));
        }
    }
    for (const protocol::IpAddress& each : repeated(targets)) {
        error(findings, key,
              fmt::format("{}: {} stands for more than one address, so that ports would collide",
                          key, each.to_string()));
    }
}

[[nodiscard]] bool overlap(const PortRange& one, const PortRange& other) {
    return one.min <= other.max && other.min <= one.max;
}

void check_ephemeral_ports(const Config& config, const Surroundings& around, Findings& findings) {
    const PortRange& ports = config.relay.ports;
    if (!around.ephemeral_ports || !overlap(ports, *around.ephemeral_ports)) return;
    const PortRange shared{std::max(ports.min, around.ephemeral_ports->min),
                           std::min(ports.max, around.ephemeral_ports->max)};
    const auto covers = [&shared](const PortRange& range) {
        return range.min <= shared.min && range.max >= shared.max;
    };
    if (std::ranges::any_of(around.reserved_ports, covers)) return;
    warning(findings, "relay.ports",
            fmt::format("relay.ports: the kernel gives ports {} to {} to other programs too; run "
                        "`sysctl net.ipv4.ip_local_reserved_ports={}-{}`",
                        shared.min, shared.max, ports.min, ports.max));
}

[[nodiscard]] bool is_loopback(const protocol::IpAddress& address) {
    return address.is_v4() ? address.octets()[0] == std::byte{127}
                           : address == protocol::IpAddress::parse("::1");
}

// As a browser says where a page is from: no path, no wildcard.
[[nodiscard]] bool is_origin(std::string_view text) {
    const auto scheme = text.find("://");
    if (scheme == text.npos || (!text.starts_with("https:") && !text.starts_with("http:"))) {
        return false;
    }
    const std::string_view host = text.substr(scheme + 3);
    return !host.empty() && host.find_first_of("/*?#@, \t") == host.npos;
}

// The same place as browsers say it, who say nothing else: in lower case, and without the port that
// the scheme has anyway (URL Standard, "origin").
[[nodiscard]] std::string as_browsers_say(std::string_view text) {
    std::string said{text};
    std::ranges::transform(said, said.begin(), [](char each) {
        return each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
    });
    const std::string_view usual_port = said.starts_with("https:") ? ":443" : ":80";
    if (said.ends_with(usual_port)) said.resize(said.size() - usual_port.size());
    return said;
}

void check_origin(const std::string& origin, Findings& findings) {
    const std::string said = as_browsers_say(origin);
    if (!is_origin(said)) {
        return error(
            findings, "admin.cors_origins",
            fmt::format("admin.cors_origins: \"{}\" is no origin; write it as browsers do, "
                        "\"https://video.example.org\": scheme, name and no path",
                        origin));
    }
    if (said == origin) return;
    error(findings, "admin.cors_origins",
          fmt::format("admin.cors_origins: \"{}\" is said by no browser; write \"{}\"", origin,
                      said));
}

void check_admin(const Admin& admin, Findings& findings) {
    const auto endpoint = protocol::Endpoint::parse(admin.listen);
    if (!admin.listen.empty() && !endpoint && !admin.listen.starts_with("unix:/")) {
        error(
            findings, "admin.listen",
            fmt::format("admin.listen: \"{}\" is no place to listen; write \"127.0.0.1:8478\", or "
                        "\"unix:/run/turnpike/admin.sock\"",
                        admin.listen));
    }
    if (endpoint && !is_loopback(endpoint->address)) {
        warning(findings, "admin.listen",
                fmt::format("admin.listen: {} is reached over the network, and what is said there, "
                            "tokens too, is plain text; listen on 127.0.0.1 or on a Unix socket, "
                            "with a proxy that speaks TLS before it",
                            endpoint->to_string()));
    }
    if (!admin.token.empty() && !admin.token_file.empty()) {
        error(findings, "admin.token_file",
              "admin.token_file: admin.token is set too; leave one of them out");
    }
    if (!admin.token.empty() && admin.token.size() < secret_bytes_advised) {
        warning(findings, "admin.token",
                fmt::format("admin.token: a token shorter than {} characters can be guessed",
                            secret_bytes_advised));
    }
    for (const std::string& each : admin.cors_origins) check_origin(each, findings);
}

}  // namespace

std::vector<Finding> validate(const Config& config, const Surroundings& around) {
    Findings findings;
    check_users(config, findings);
    check_storage(config, findings);
    check_secrets(config, findings);
    check_access_tokens(config, findings);
    check_listeners(config, findings);
    check_discovery(config, findings);
    check_hostname(config, findings);
    check_redirect(config, findings);
    check_relay_addresses(config, findings);
    check_external(config, findings);
    check_ephemeral_ports(config, around, findings);
    check_admin(config.admin, findings);
    return findings;
}

}  // namespace turnpike::config
