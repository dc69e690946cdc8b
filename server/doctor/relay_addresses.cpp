// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/relay_addresses.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>

#include "auth/peer_policy.hpp"
#include "server/net/default_addresses.hpp"
#include "server/net/host_addresses.hpp"
#include "server/net/udp_listener.hpp"
#include "server/worker/assemble.hpp"

namespace turnpike::doctor {
namespace {

using protocol::IpAddress;

constexpr std::string_view check = "relay addresses";

class NoRelays final : public auth::LiveRelays {
public:
    [[nodiscard]] bool contains(const protocol::Endpoint&) const noexcept override { return false; }
    [[nodiscard]] bool listens(const protocol::Endpoint&) const noexcept override { return false; }
};

// What any relay may speak to by the built-in rules is public.
bool is_public(const IpAddress& address) {
    const NoRelays none;
    return auth::PeerPolicy{{}, none}.permits(address);
}

bool has(const std::vector<IpAddress>& addresses, const IpAddress& address) {
    return std::ranges::find(addresses, address) != addresses.end();
}

Finding missing(const IpAddress& local, const RelayAddressFacts& facts) {
    return {.grade = Grade::problem,
            .check = check,
            .seen = fmt::format("{} is no address of this host, which has {}", local.to_string(),
                                listed(facts.host)),
            .advice =
                "correct relay.addresses: the address of an interface of this host stands "
                "there, and the public one in relay.external"};
}

Finding unreachable(const worker::RelayAddress& relay) {
    const std::string shown = relay.advertised.to_string();
    if (relay.advertised != relay.local) {
        return {.grade = Grade::warning,
                .check = check,
                .seen = fmt::format("{} is shown as {}, which is no public address either",
                                    relay.local.to_string(), shown),
                .advice =
                    "put the address that the Internet sees on the right in relay.external; "
                    "where all peers are in your own network it may stay"};
    }
    if (net::is_loopback(relay.local)) {
        return {.grade = Grade::warning,
                .check = check,
                .seen = fmt::format("{} can be reached from this host alone", shown),
                .advice = "set relay.addresses to an address of the network"};
    }
    return {.grade = Grade::warning,
            .check = check,
            .seen = fmt::format("peers are told {}, which is no public address", shown),
            .advice = fmt::format("behind 1:1 NAT set relay.external = {{ \"{}\" = \"the public "
                                  "address\" }}; where all peers are in your own network it may "
                                  "stay",
                                  shown)};
}

Finding examine_one(const worker::RelayAddress& relay, const RelayAddressFacts& facts) {
    if (!has(facts.host, relay.local) && !has(facts.bindable, relay.local)) {
        return missing(relay.local, facts);
    }
    if (!is_public(relay.advertised)) return unreachable(relay);
    if (relay.advertised == relay.local) return well(check, relay.local.to_string());
    return well(check, fmt::format("{}, shown as {}", relay.local.to_string(),
                                   relay.advertised.to_string()));
}

std::optional<Finding> examine_external(const config::ExternalAddress& pair,
                                        const RelayAddressFacts& facts) {
    const auto is_relayed_on = [&](const IpAddress& address) {
        return std::ranges::any_of(facts.relays,
                                   [&](const auto& relay) { return relay.local == address; });
    };
    if (!is_relayed_on(pair.relay)) {
        return Finding{.grade = Grade::warning,
                       .check = check,
                       .seen = fmt::format("relay.external names {}, where no relays are opened",
                                           pair.relay.to_string()),
                       .advice =
                           "the address of this host stands on the left, the public one on "
                           "the right"};
    }
    if (pair.relay != pair.external && has(facts.host, pair.external)) {
        return Finding{.grade = Grade::warning,
                       .check = check,
                       .seen = fmt::format("relay.external shows {} as {}, which this host has "
                                           "itself",
                                           pair.relay.to_string(), pair.external.to_string()),
                       .advice = fmt::format("leave it out, and set relay.addresses = [\"{}\"]",
                                             pair.external.to_string())};
    }
    return std::nullopt;
}

}  // namespace

std::string listed(const std::vector<IpAddress>& addresses) {
    std::string text;
    for (const IpAddress& each : addresses) {
        if (net::is_loopback(each) || net::is_link_local(each)) continue;
        if (!text.empty()) text += ", ";
        text += each.to_string();
    }
    return text.empty() ? "none" : text;
}

RelayAddressFacts gather_relay_addresses(const config::Relay& relay) {
    RelayAddressFacts facts{.relays = worker::relay_addresses(relay),
                            .external = relay.external,
                            .host = net::host_addresses(),
                            .bindable = {},
                            .routed = net::default_addresses()};
    for (const auto& [local, advertised] : facts.relays) {
        if (has(facts.host, local)) continue;
        if (!net::probe({local, 0}, SOCK_DGRAM)) facts.bindable.push_back(local);
    }
    return facts;
}

Findings judge_relay_addresses(const RelayAddressFacts& facts) {
    Findings findings;
    if (facts.relays.empty()) {
        findings.push_back({.grade = Grade::problem,
                            .check = check,
                            .seen = "this host has no address to relay from",
                            .advice = "bring up its network, or set relay.addresses"});
    }
    for (const auto& relay : facts.relays) findings.push_back(examine_one(relay, facts));
    for (const auto& pair : facts.external) {
        if (auto finding = examine_external(pair, facts)) findings.push_back(*std::move(finding));
    }
    if (facts.routed.empty()) {
        findings.push_back({.grade = Grade::warning,
                            .check = check,
                            .seen = "this host has no default route: it reaches only the networks "
                                    "that it is in",
                            .advice = "give it one (`ip route`), unless all clients and peers are "
                                      "in these networks"});
    }
    return findings;
}

}  // namespace turnpike::doctor
