// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/choice.hpp"

#include <algorithm>
#include <cerrno>

namespace turnpike::xdp {

Outcome<std::vector<Link>> entrances(std::span<const protocol::IpAddress> addresses,
                                     const std::vector<std::string>& only,
                                     std::span<const Interface> all) {
    for (const std::string& name : only) {
        const auto is_it = [&](const Interface& each) { return each.link.name == name; };
        if (std::ranges::none_of(all, is_it)) return problem(ENODEV, "relay.interfaces: " + name);
    }
    std::vector<Link> found;
    for (const Interface& each : interfaces_of(addresses, all)) {
        // Who is on this host is reached by no cable.
        if (each.link.is_loopback) continue;
        const bool may = only.empty() || std::ranges::find(only, each.link.name) != only.end();
        if (may) found.push_back(each.link);
    }
    return found;
}

bool hides_its_other_end(const Link& link) {
    return link.kind == "veth";
}

std::optional<EntryPoint> entry_for(const Link& link, std::optional<EntryPoint> wanted) {
    if (wanted || !hides_its_other_end(link)) return wanted;
    return EntryPoint::tc;
}

}  // namespace turnpike::xdp
