// SPDX-License-Identifier: BSD-3-Clause
//
// Where a server listens, and how it is reached from its own host: over every transport, by
// loopback where it listens on a wildcard. Values; pure.
#pragma once

#include <span>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/subnet.hpp"
#include "server/config/config.hpp"

namespace turnpike::doctor {

struct Doors {
    std::vector<protocol::Endpoint> udp{};
    std::vector<protocol::Endpoint> tcp{};
    std::vector<protocol::Endpoint> tls{};
    std::vector<protocol::Endpoint> dtls{};
    std::vector<protocol::Endpoint> automatic{};
};

// A way in.
struct Entry {
    protocol::Transport transport = protocol::Transport::udp;
    protocol::Endpoint server;
    bool operator==(const Entry&) const = default;
};

[[nodiscard]] Doors doors_of(const config::Listen& listen);
// A wildcard is reached over loopback.
[[nodiscard]] protocol::Endpoint within_reach(const protocol::Endpoint& listener) noexcept;
// Every way in, but streams from an address of `proxies`, which would have to begin with a PROXY
// header. Port 0 is none.
[[nodiscard]] std::vector<Entry> entries(const Doors& doors,
                                         std::span<const protocol::Subnet> proxies);

}  // namespace turnpike::doctor
