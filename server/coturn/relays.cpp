// SPDX-License-Identifier: BSD-3-Clause
//
// turnserver relays from relay-ip, else from listening-ip, else from what it finds. A bare
// external-ip stands for every relay address of its family; here one address stands for one.
#include <fmt/format.h>

#include <algorithm>

#include "server/config/value.hpp"
#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

using protocol::Family;
using protocol::IpAddress;

constexpr std::int64_t port_min_here = 1024;
constexpr std::int64_t port_min_default = 49152;
constexpr std::int64_t port_max = 65535;

struct Relay {
    IpAddress address;
    std::size_t line = 0;
    bool operator==(const Relay&) const = default;
};

struct Pair {
    IpAddress external;
    IpAddress relay;
};

// "PUBLIC/PRIVATE"; none where that is not what stands there.
[[nodiscard]] std::optional<Pair> parse_pair(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto external = IpAddress::parse(text.substr(0, slash));
    const auto relay = IpAddress::parse(text.substr(slash + 1));
    if (!external || !relay || external->family() != relay->family()) return std::nullopt;
    return Pair{*external, *relay};
}

[[nodiscard]] bool is_loopback(const IpAddress& address) {
    return address.is_v4() ? address.octets().front() == std::byte{127}
                           : address == IpAddress::parse("::1");
}

class Relays {
public:
    explicit Relays(Work& work) : work_{work} {}

    void carry();

private:
    void read_addresses();
    void carry_external();
    void carry_pair(const Setting& setting, const Pair& pair);
    void carry_bare(const Setting& setting, const IpAddress& external);
    void carry_to_several(const Setting& setting, const IpAddress& external,
                          const std::vector<IpAddress>& candidates);
    void map_to(const IpAddress& relay, const IpAddress& external, std::size_t line);
    [[nodiscard]] std::vector<IpAddress> candidates(Family family) const;
    void carry_ports();
    void carry_family();

    Work& work_;
    std::vector<Relay> relays_;  // as configured; none: those of the default routes
    std::vector<Pair> pairs_;
};

void Relays::read_addresses() {
    const auto add = [this](const Setting& each, const IpAddress& address) {
        const auto same = [&](const Relay& relay) { return relay.address == address; };
        if (std::ranges::none_of(relays_, same)) relays_.push_back({address, each.line});
    };
    const auto named = work_.all("relay-ip");
    for (const Setting& each : named) {
        const auto address = IpAddress::parse(each.value);
        if (!address || address->is_unspecified()) {
            work_.wrong(each, "no IP address of this host; names are not looked up");
            continue;
        }
        add(each, *address);
        work_.maps(each, "one of relay.addresses");
    }
    if (!named.empty()) return;
    for (const Setting& each : work_.all("listening-ip")) {
        const auto address = IpAddress::parse(each.value);
        if (address && !address->is_unspecified()) add(each, *address);
    }
}

// The addresses of this host that a bare external-ip may stand for.
std::vector<IpAddress> Relays::candidates(Family family) const {
    std::vector<IpAddress> found;
    const auto consider = [&](const IpAddress& address) {
        const auto has_pair = [&](const Pair& pair) { return pair.relay == address; };
        if (address.family() != family || std::ranges::any_of(pairs_, has_pair)) return;
        if (!is_loopback(address)) found.push_back(address);
    };
    for (const Relay& each : relays_) consider(each.address);
    if (relays_.empty()) std::ranges::for_each(work_.around().local, consider);
    return found;
}

void Relays::map_to(const IpAddress& relay, const IpAddress& external, std::size_t line) {
    pairs_.push_back({external, relay});
    work_.draft().add("relay.external", fmt::format("{} = {}", toml_of(relay), toml_of(external)),
                      line);
}

void Relays::carry_pair(const Setting& setting, const Pair& pair) {
    const auto is_relay = [&](const Relay& each) { return each.address == pair.relay; };
    if (!relays_.empty() && std::ranges::none_of(relays_, is_relay)) {
        return work_.unused(setting,
                            fmt::format("nothing is relayed from {}", pair.relay.to_string()));
    }
    const auto is_taken = [&](const Pair& each) {
        return each.external == pair.external || each.relay == pair.relay;
    };
    if (std::ranges::any_of(pairs_, is_taken)) {
        std::erase_if(relays_, [&](const Relay& each) {
            return is_relay(each) && std::ranges::none_of(pairs_, [&](const Pair& other) {
                       return other.relay == pair.relay;
                   });
        });
        return work_.no_equal(setting,
                              "one of the two stands in another external-ip: ports would collide, "
                              "so nothing is relayed from this one; give each its own");
    }
    map_to(pair.relay, pair.external, setting.line);
    const std::string says = fmt::format("relay.external: {} is seen as {}", pair.relay.to_string(),
                                         pair.external.to_string());
    if (!relays_.empty()) return work_.maps(setting, says);
    work_.maps(setting, says +
                            "; where it is not the address of the default route, set "
                            "relay.addresses too");
}

void Relays::carry_to_several(const Setting& setting, const IpAddress& external,
                              const std::vector<IpAddress>& addresses) {
    const IpAddress& first = addresses.front();
    std::erase_if(relays_, [&](const Relay& each) {
        return each.address != first &&
               std::ranges::find(addresses, each.address) != addresses.end();
    });
    map_to(first, external, setting.line);
    work_.changed(setting,
                  fmt::format("stands for {} alone, and the other addresses of that family are no "
                              "relay.addresses: two with one public address collide in ports",
                              first.to_string()));
}

void Relays::carry_bare(const Setting& setting, const IpAddress& external) {
    const auto is_family = [&](const Pair& each) {
        return each.external.family() == external.family();
    };
    const auto found = candidates(external.family());
    if (found.empty() && std::ranges::any_of(pairs_, is_family)) {
        return work_.unused(setting, "every relay address of its family has an external-ip");
    }
    if (found.empty()) {
        work_.draft().remark(
            "relay.external",
            fmt::format("external = {{ \"THE ADDRESS OF THIS HOST\" = {} }}", toml_of(external)));
        return work_.no_equal(setting,
                              "which address of the host it stands for is not said: write "
                              "relay.external by hand, where a comment has its place");
    }
    if (found.size() > 1) return carry_to_several(setting, external, found);
    if (found.front() == external) {
        return work_.maps(setting, "the host itself has that address: nothing to write");
    }
    map_to(found.front(), external, setting.line);
    const std::string says = fmt::format("relay.external: {} is seen as {}",
                                         found.front().to_string(), external.to_string());
    if (!relays_.empty()) return work_.maps(setting, says);
    work_.changed(setting, says +
                               ": that is the address of the machine that imports; where the "
                               "relay runs elsewhere, write that one's");
}

// Pairs first, so that a bare one stands for what is left.
void Relays::carry_external() {
    std::vector<std::pair<Setting, IpAddress>> bare;
    for (const Setting& each : work_.all("external-ip")) {
        const auto address = IpAddress::parse(each.value);
        const auto same_family = [&](const auto& other) {
            return other.second.family() == address->family();
        };
        if (const auto pair = parse_pair(each.value)) {
            carry_pair(each, *pair);
        } else if (!address || address->is_unspecified()) {
            work_.wrong(each,
                        "no address, nor PUBLIC/PRIVATE of one family; names are not looked up");
        } else if (std::ranges::any_of(bare, same_family)) {
            work_.unused(each, "coturn takes the first external-ip without a \"/\" alone");
        } else {
            bare.emplace_back(each, *address);
        }
    }
    for (const auto& [setting, address] : bare) carry_bare(setting, address);
}

void Relays::carry_ports() {
    const Setting* lowest = work_.find("min-port");
    const Setting* highest = work_.find("max-port");
    if (lowest == nullptr && highest == nullptr) return;
    const auto read = [this](const Setting* setting, std::int64_t fallback) {
        if (setting == nullptr) return std::optional{fallback};
        return work_.number(*setting, {1, port_max});
    };
    const auto min = read(lowest, port_min_default);
    const auto max = read(highest, port_max);
    const Setting& last = highest == nullptr || (lowest != nullptr && lowest->line > highest->line)
                              ? *lowest
                              : *highest;
    const bool is_wrong = min && max && (*min > *max || *max < port_min_here);
    if (is_wrong) {
        work_.wrong(last, *min > *max
                              ? fmt::format("the ports of relays would begin after their end: {} "
                                            "to {}",
                                            *min, *max)
                              : std::string{"ports of relays are from 1024 to 65535"});
    }
    const auto at = std::max(min.value_or(0), port_min_here);
    const std::string ports = fmt::format("relay.ports = [{}, {}]", at, max.value_or(0));
    for (const auto& [setting, number] : {std::pair{lowest, min}, std::pair{highest, max}}) {
        if (setting == nullptr || !number || (is_wrong && setting == &last)) continue;
        if (setting == lowest && *min < port_min_here) {
            work_.changed(*setting, ports + ": ports of relays are from 1024 on");
        } else {
            work_.maps(*setting, ports);
        }
    }
    if (min && max && !is_wrong) {
        work_.draft().set("relay.ports", fmt::format("[{}, {}]", at, *max), last.line);
    }
}

void Relays::carry_family() {
    if (const Setting* keep = work_.find("keep-address-family")) {
        work_.no_equal(*keep,
                       "clients that ask for no family get IPv4 (RFC 8656 section 7.2); browsers "
                       "on IPv6 ask for what they need");
    }
    const Setting* family = work_.find("allocation-default-address-family");
    if (family == nullptr) return;
    if (family->value == "ipv4") {
        work_.maps(*family, "always so: clients that ask for no family get IPv4");
    } else if (family->value == "ipv6" || family->value == "keep") {
        work_.no_equal(*family, "clients that ask for no family get IPv4 (RFC 8656 section 7.2)");
    } else {
        work_.wrong(*family, "none of ipv4, ipv6, keep");
    }
}

void Relays::carry() {
    read_addresses();
    carry_external();
    for (const Relay& each : relays_) {
        work_.draft().add("relay.addresses", toml_of(each.address), each.line);
    }
    carry_ports();
    carry_family();
    if (const Setting* off = work_.find("no-tcp-relay")) work_.sets(*off, "relay.tcp", "false");
    if (const Setting* on = work_.find("mobility")) work_.sets(*on, "relay.mobility", "true");
}

}  // namespace

void carry_relays(Work& work) {
    Relays{work}.carry();
}

}  // namespace turnpike::coturn
