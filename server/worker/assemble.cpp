// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/assemble.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "auth/password.hpp"
#include "server/net/default_addresses.hpp"
#include "server/net/host_addresses.hpp"
#include "server/worker/random.hpp"

namespace turnpike::worker {

using protocol::IpAddress;

namespace {

std::vector<IpAddress> addresses_to_relay_on(const config::Relay& relay) {
    if (!relay.addresses.empty()) return relay.addresses;
    if (auto addresses = net::default_addresses(); !addresses.empty()) return addresses;
    const auto host = net::host_addresses();
    std::vector<IpAddress> outside;
    std::vector<IpAddress> loopback;
    for (const IpAddress& address : host) {
        if (net::is_loopback(address)) {
            loopback.push_back(address);
        } else if (!net::is_link_local(address)) {
            outside.push_back(address);
        }
    }
    return outside.empty() ? loopback : outside;
}

bool serves(const std::vector<RelayAddress>& relays, protocol::Family family) {
    return std::ranges::any_of(
        relays, [&](const RelayAddress& relay) { return relay.local.family() == family; });
}

std::optional<turn::Discovery> discovery_rules(const config::Discovery& discovery) {
    if (discovery.addresses.size() != 2) return std::nullopt;
    return turn::Discovery{.addresses = {discovery.addresses[0], discovery.addresses[1]},
                           .ports = {discovery.ports.min, discovery.ports.max},
                           .padding = discovery.padding,
                           .response_port = discovery.response_port};
}

// As keys are derived from it. What cannot be prepared stays: no client can produce it either.
std::string prepared(const std::string& text) {
    return auth::opaque_string(text).value_or(text);
}

turn::Alternates alternates(const config::Redirect& redirect) {
    std::vector<turn::AlternateServer> servers;
    for (const config::AlternateServer& each : redirect.servers) {
        servers.push_back({.address = each.address,
                           .tls_address = each.tls_address,
                           .weight = each.weight,
                           .domain = each.domain});
    }
    return turn::Alternates{std::move(servers)};
}

// Rounded up, so that a limit never becomes none.
std::uint64_t share(std::uint64_t limit, std::size_t workers) {
    return (limit + workers - 1) / workers;
}

}  // namespace

std::vector<RelayAddress> relay_addresses(const config::Relay& relay) {
    std::vector<RelayAddress> result;
    for (const IpAddress& local : addresses_to_relay_on(relay)) {
        const auto external =
            std::ranges::find(relay.external, local, &config::ExternalAddress::relay);
        result.push_back({local, external == relay.external.end() ? local : external->external});
    }
    return result;
}

std::size_t worker_count(const config::Server& server) {
    if (server.workers != 0) return server.workers;
    return std::max(1U, std::thread::hardware_concurrency());
}

net::PacketIo packet_io(const config::Server& server) noexcept {
    switch (server.packet_io) {
        case config::PacketIo::automatic:
            return net::best_packet_io();
        case config::PacketIo::plain:
            return net::PacketIo::plain;
        case config::PacketIo::mmsg:
            return net::PacketIo::mmsg;
        case config::PacketIo::offload:
            return net::PacketIo::offload;
    }
    return net::PacketIo::mmsg;
}

std::vector<protocol::Endpoint> discovery_endpoints(const config::Discovery& discovery) {
    std::vector<protocol::Endpoint> endpoints;
    for (const IpAddress& address : discovery.addresses) {
        for (const std::uint16_t port : {discovery.ports.min, discovery.ports.max}) {
            endpoints.push_back({address, port});
        }
    }
    return endpoints;
}

std::string node_name(const config::Server& server) {
    if (!server.node.empty()) return server.node;
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "turnpike";
}

std::string random_name() {
    return fmt::format("{:016x}", random_number());
}

std::string_view storage_kind(const config::Storage& storage) noexcept {
    if (storage.url.empty()) return "none";
    return storage.url.starts_with("sqlite:") ? "sqlite" : "postgresql";
}

std::string_view journal_file(const config::Storage& storage) noexcept {
    return storage.url.empty() ? std::string_view{} : std::string_view{storage.journal};
}

bool knows_all_users(const config::Config& config, const auth::UserDirectory& users) {
    return users.supports_userhash() && config.storage.url.empty();
}

RunKeys make_run_keys() {
    RunKeys keys;
    fill_random(keys.nonces);
    fill_random(keys.tickets);
    keys.budget = {random_number(), random_number()};
    keys.probe = make_probe_login();
    return keys;
}

Settings worker_settings(const config::Config& config, const std::vector<RelayAddress>& relays,
                         const RunKeys& keys) {
    const config::Limits& limits = config.limits;
    const std::size_t workers = worker_count(config.server);
    Settings settings;
    settings.turn.software = config.server.software;
    settings.turn.lifetime_max = limits.lifetime_max;
    settings.turn.session_limit = limits.session;
    settings.turn.permissions_max = limits.permissions_per_allocation;
    settings.turn.channels_max = limits.channels_per_allocation;
    settings.turn.relays_tcp = config.relay.tcp;
    settings.turn.connections_max = limits.tcp_peers_per_allocation;
    settings.turn.channels = config.relay.channels == config::Channels::rfc5766
                                 ? protocol::ChannelRange::rfc5766
                                 : protocol::ChannelRange::rfc8656;
    settings.turn.relays_ipv4 = serves(relays, protocol::Family::ipv4);
    settings.turn.relays_ipv6 = serves(relays, protocol::Family::ipv6);
    if (config.relay.mobility) settings.turn.mobility = auth::MobilityTickets{keys.tickets};
    settings.turn.discovery = discovery_rules(config.discovery);
    settings.rfc3489 = config.server.rfc3489;
    settings.copies_traffic_class = config.relay.dscp == config::Dscp::copy;
    settings.turn.alternates = alternates(config.redirect);
    settings.stream.queue_octets_max = limits.tcp_buffer_bytes;
    settings.stream.idle = limits.tcp_idle;
    settings.stream.handshake = limits.tls_handshake;
    settings.proxies = config.listen.proxies;
    settings.cache = {.users = config.storage.cache_users, .keep = config.storage.cache};
    settings.dtls.idle = limits.tcp_idle;
    settings.dtls.handshake = limits.tls_handshake;
    settings.budget = {
        .total_per_second = share(limits.unauthenticated_per_second, workers),
        .prefix_per_second = share(limits.unauthenticated_per_prefix_second, workers),
        .seed = keys.budget};
    return settings;
}

auth::PeerPolicySettings peer_policy_settings(const config::Config& config,
                                              const std::vector<RelayAddress>& relays) {
    auth::PeerPolicySettings settings{
        .allow = config.peers.allow, .deny = config.peers.deny, .own = {}, .relayed = {}};
    settings.own = net::host_addresses();
    const config::Listen& listen = config.listen;
    for (const auto* endpoints :
         {&listen.udp, &listen.tcp, &listen.tls, &listen.dtls, &listen.automatic}) {
        for (const protocol::Endpoint& endpoint : *endpoints) {
            settings.own.push_back(endpoint.address);
        }
    }
    for (const IpAddress& address : config.discovery.addresses) settings.own.push_back(address);
    for (const RelayAddress& relay : relays) {
        settings.own.push_back(relay.local);
        settings.own.push_back(relay.advertised);
        settings.relayed.push_back(relay.advertised);
    }
    return settings;
}

namespace {

std::string token_server_name(const config::Config& config) {
    const std::string& own = config.auth.access_token_server_name;
    return own.empty() ? prepared(config.realm) : own;
}

auth::TokenSettings token_settings(const config::Config& config) {
    auth::TokenSettings settings{.server_name = token_server_name(config),
                                 .skew = config.auth.access_token_skew};
    for (const config::AccessTokenKey& each : config.auth.access_tokens) {
        const protocol::Bytes octets = protocol::as_octets(each.key);
        settings.keys.push_back({.id = each.id,
                                 .octets = {octets.begin(), octets.end()},
                                 .algorithm = each.algorithm == config::TokenAlgorithm::a128gcm
                                                  ? auth::TokenAlgorithm::aes_128_gcm
                                                  : auth::TokenAlgorithm::aes_256_gcm,
                                 .not_before = each.not_before,
                                 .not_after = each.not_after});
    }
    return settings;
}

}  // namespace

std::vector<net::CertificateFiles> certificate_files(const config::Listen& listen) {
    if (listen.tls.empty() && listen.dtls.empty() && listen.automatic.empty()) return {};
    std::vector<net::CertificateFiles> files{{listen.certificate, listen.private_key}};
    for (const auto& [certificate, private_key] : listen.certificates) {
        files.push_back({certificate, private_key});
    }
    return files;
}

auth::Login make_probe_login() {
    return {.username = "probe-" + random_name(), .password = random_name() + random_name()};
}

auth::UserDirectorySettings user_directory_settings(const config::Config& config,
                                                    const std::optional<auth::Login>& probe) {
    auth::UserDirectorySettings settings{.realm = prepared(config.realm),
                                         .users = {},
                                         .secrets = {},
                                         .tokens = token_settings(config),
                                         .allocations_per_user = config.limits.allocations_per_user,
                                         .bits_per_second = config.limits.bits_per_second,
                                         .bytes = config.limits.bytes,
                                         .probe = probe};
    for (const config::User& user : config.users) {
        settings.users.emplace_back(user.name, prepared(user.password));
    }
    for (const config::Secret& secret : config.auth.secrets) {
        settings.secrets.push_back(
            {.secret = secret.secret,
             .expiry_ends_relay = config::expiry_ends_relay(config.auth, secret)});
    }
    return settings;
}

RedirectMode redirect_mode(const config::Redirect& redirect) {
    switch (redirect.mode) {
        case config::RedirectMode::always:
            return RedirectMode::always;
        case config::RedirectMode::overload:
            return RedirectMode::overload;
        case config::RedirectMode::off:
            break;
    }
    return RedirectMode::off;
}

auth::Authenticator make_authenticator(const config::Config& config, const RunKeys& keys,
                                       bool username_anonymity) {
    const bool algorithms = config.auth.password_algorithms;
    const bool takes_tokens = !config.auth.access_tokens.empty();
    return {{.realm = prepared(config.realm),
             .offer_sha256 = algorithms,
             .token_server = takes_tokens ? token_server_name(config) : std::string{}},
            {keys.nonces,
             {.password_algorithms = algorithms, .username_anonymity = username_anonymity},
             config.auth.nonce_lifetime}};
}

RulesSlot::Pointer make_rules(const config::Config& config, const RulesOrigin& origin) {
    auth::UserDirectory users{user_directory_settings(config, origin.keys.probe)};
    const bool anonymity = knows_all_users(config, users);
    return std::make_shared<const Rules>(
        Rules{.settings = worker_settings(config, origin.relays, origin.keys),
              .users = std::move(users),
              .authenticator = make_authenticator(config, origin.keys, anonymity),
              .peer_policy = {peer_policy_settings(config, origin.relays), origin.live}});
}

}  // namespace turnpike::worker
