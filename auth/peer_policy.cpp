// SPDX-License-Identifier: BSD-3-Clause
#include "auth/peer_policy.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace turnpike::auth {
namespace {

using protocol::Bytes;
using protocol::Endpoint;
using protocol::IpAddress;
using protocol::Subnet;

// Never a peer, whatever the configuration allows: no single host answers there.
constexpr std::array never_ranges{"0.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32", "::/128",
                                  "ff00::/8"};

// Tunnels between IPv4 and IPv6 that anyone can speak through: never a peer nor a client either
// (RFC 8656 section 21.4).
constexpr std::array tunnel_ranges{"2001::/32", "2002::/16"};  // Teredo, 6to4

// What IANA has given out of IPv6's address space (RFC 4291 section 2.4). All else is not public.
constexpr auto global_unicast_range = "2000::/3";

// The non-public rest of IANA's special-purpose registries; `peers.allow` may open them.
constexpr std::array non_public_ranges{
    "10.0.0.0/8",     "100.64.0.0/10",   "127.0.0.0/8",     "169.254.0.0/16",    "172.16.0.0/12",
    "192.0.0.0/24",   "192.0.2.0/24",    "192.31.196.0/24", "192.52.193.0/24",   "192.88.99.0/24",
    "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",   "198.51.100.0/24",   "203.0.113.0/24",
    "240.0.0.0/4",    "2001::/23",       "2001:db8::/32",   "2620:4f:8000::/48", "3fff::/20"};

template <std::size_t Count>
std::vector<Subnet> parse_all(const std::array<const char*, Count>& texts) {
    std::vector<Subnet> subnets;
    for (const char* text : texts) subnets.push_back(*Subnet::parse(text));
    return subnets;
}

bool any_contains(const std::vector<Subnet>& subnets, const Endpoint& endpoint) noexcept {
    return std::ranges::any_of(subnets,
                               [&](const Subnet& subnet) { return subnet.contains(endpoint); });
}
bool any_contains(const std::vector<Subnet>& subnets, const IpAddress& address) noexcept {
    return std::ranges::any_of(subnets,
                               [&](const Subnet& subnet) { return subnet.contains(address); });
}
// For a permission, which names no port: only a block that is denied on every port is denied.
bool any_contains_wholly(const std::vector<Subnet>& subnets, const IpAddress& address) noexcept {
    return std::ranges::any_of(subnets, [&](const Subnet& subnet) {
        return subnet.port_min == 0 && subnet.port_max == 65535 && subnet.contains(address);
    });
}
bool is_one_of(const std::vector<IpAddress>& addresses, const IpAddress& address) noexcept {
    return std::ranges::find(addresses, address) != addresses.end();
}

// The IPv4 address that an IPv6 address may stand for, by the place where it is kept.
struct Disguise {
    const char* range;
    std::array<std::uint8_t, 4> octets;  // where each octet of the IPv4 address stands
};
constexpr std::array disguises{
    Disguise{"::ffff:0:0/96", {12, 13, 14, 15}},    // IPv4-mapped, RFC 4291
    Disguise{"::ffff:0:0:0/96", {12, 13, 14, 15}},  // IPv4-translated, RFC 2765
    Disguise{"::/96", {12, 13, 14, 15}},            // IPv4-compatible, RFC 4291
    Disguise{"64:ff9b::/96", {12, 13, 14, 15}},     // NAT64, RFC 6052
    // Local NAT64, RFC 8215: with every prefix that RFC 6052 section 2.2 lets one cut from it.
    Disguise{"64:ff9b:1::/48", {6, 7, 9, 10}},
    Disguise{"64:ff9b:1::/48", {7, 9, 10, 11}},
    Disguise{"64:ff9b:1::/48", {9, 10, 11, 12}},
    Disguise{"64:ff9b:1::/48", {12, 13, 14, 15}},
};

// Stands in the IPv4-compatible range and hides nothing.
const IpAddress loopback_v6 = *IpAddress::parse("::1");

IpAddress undisguise(const IpAddress& address, const Disguise& disguise) noexcept {
    std::array<std::byte, 4> plain{};
    for (std::size_t index = 0; index < plain.size(); ++index) {
        plain[index] = address.octets()[disguise.octets[index]];
    }
    return IpAddress::v4(plain);
}

}  // namespace

PeerPolicy::PeerPolicy(PeerPolicySettings settings, const LiveRelays& live)
    : settings_{std::move(settings)},
      live_{live},
      never_{parse_all(never_ranges)},
      tunnels_{parse_all(tunnel_ranges)},
      global_unicast_{*Subnet::parse(global_unicast_range)},
      non_public_{parse_all(non_public_ranges)} {
    never_.insert(never_.end(), tunnels_.begin(), tunnels_.end());
    for (const Disguise& disguise : disguises) disguised_.push_back(*Subnet::parse(disguise.range));
}

bool PeerPolicy::permits(const IpAddress& peer) const noexcept {
    if (any_contains(never_, peer)) return false;
    if (is_one_of(settings_.relayed, peer)) return true;
    return judge(peer, any_contains(settings_.allow, peer),
                 any_contains_wholly(settings_.deny, peer));
}

bool PeerPolicy::permits(const Endpoint& peer) const noexcept {
    if (peer.port == 0 || any_contains(never_, peer.address)) return false;
    if (live_.contains(peer)) return true;
    return judge(peer.address, any_contains(settings_.allow, peer),
                 any_contains(settings_.deny, peer));
}

bool PeerPolicy::permits_connection(const Endpoint& peer) const noexcept {
    if (peer.port == 0 || any_contains(never_, peer.address)) return false;
    if (is_one_of(settings_.relayed, peer.address)) return live_.listens(peer);
    return judge(peer.address, any_contains(settings_.allow, peer),
                 any_contains(settings_.deny, peer));
}

bool PeerPolicy::judge(const IpAddress& peer, bool allowed, bool denied) const noexcept {
    if (!allowed && (denied || is_private(peer))) return false;
    if (peer.is_v4()) return true;
    // Allowing such a range opens the way, not what lies behind it. Where in a local NAT64's
    // address the IPv4 address stands is not told, so every place is judged that may hold one.
    bool hides = false;
    bool found = false;
    for (std::size_t index = 0; index < disguised_.size(); ++index) {
        if (!disguised_[index].contains(peer) || peer == loopback_v6) continue;
        hides = true;
        const IpAddress hidden = undisguise(peer, disguises[index]);
        if (hidden.octets().front() == std::byte{0}) continue;  // 0.0.0.0/8: no host, so no place
        found = true;
        if (!judge_hidden(hidden)) return false;
    }
    return found || !hides;
}

bool PeerPolicy::judge_hidden(const IpAddress& hidden) const noexcept {
    if (any_contains(never_, hidden)) return false;
    if (any_contains(settings_.allow, hidden)) return true;
    return !any_contains_wholly(settings_.deny, hidden) && !is_private(hidden);
}

bool PeerPolicy::serves(const IpAddress& client) const noexcept {
    return !any_contains(tunnels_, client);
}

bool PeerPolicy::is_private(const IpAddress& peer) const noexcept {
    if (peer.is_v6() && !global_unicast_.contains(peer)) return true;
    return is_one_of(settings_.own, peer) || any_contains(non_public_, peer);
}

}  // namespace turnpike::auth
