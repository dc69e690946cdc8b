// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/doors.hpp"

#include <algorithm>
#include <array>

namespace turnpike::doctor {

using protocol::Endpoint;
using protocol::IpAddress;
using protocol::Transport;

Doors doors_of(const config::Listen& listen) {
    return {.udp = listen.udp,
            .tcp = listen.tcp,
            .tls = listen.tls,
            .dtls = listen.dtls,
            .automatic = listen.automatic};
}

Endpoint within_reach(const Endpoint& listener) noexcept {
    if (!listener.address.is_unspecified()) return listener;
    std::array<std::byte, 16> loopback_v6{};
    loopback_v6.back() = std::byte{1};
    return {listener.address.is_v6() ? IpAddress::v6(loopback_v6) : IpAddress::v4(0x7F000001),
            listener.port};
}

std::vector<Entry> entries(const Doors& doors, std::span<const protocol::Subnet> proxies) {
    std::vector<Entry> found;
    const auto add = [&](Transport transport, const std::vector<Endpoint>& listeners) {
        for (const Endpoint& each : listeners) {
            const Entry entry{transport, within_reach(each)};
            // From an address of its own the kernel comes to it by that address.
            const bool is_proxy = std::ranges::any_of(
                proxies, [&](const auto& proxy) { return proxy.contains(entry.server.address); });
            if (each.port == 0 || (is_proxy && protocol::is_stream(transport))) continue;
            if (std::ranges::find(found, entry) == found.end()) found.push_back(entry);
        }
    };
    add(Transport::udp, doors.udp);
    add(Transport::tcp, doors.tcp);
    add(Transport::tls, doors.tls);
    add(Transport::dtls, doors.dtls);
    for (const Transport each : {Transport::udp, Transport::tcp, Transport::tls, Transport::dtls}) {
        add(each, doors.automatic);
    }
    return found;
}

}  // namespace turnpike::doctor
