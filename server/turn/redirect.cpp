// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/redirect.hpp"

#include <algorithm>

namespace turnpike::turn {
namespace {

using protocol::Endpoint;
using protocol::Family;
using protocol::Transport;

Family other_than(Family family) {
    return family == Family::ipv4 ? Family::ipv6 : Family::ipv4;
}

// The client keeps its transport (RFC 8489 section 10), so the port must be one for it.
Endpoint address_for(const AlternateServer& server, Transport transport) {
    const bool secure = transport == Transport::tls || transport == Transport::dtls;
    return secure ? server.tls_address.value_or(server.address) : server.address;
}

}  // namespace

std::optional<Redirect> Alternates::choose(const protocol::FiveTuple& five_tuple,
                                           std::uint64_t random) const {
    const Family family = five_tuple.client.address.family();
    const AlternateServer* const first = pick(family, random, nullptr);
    if (first == nullptr) return std::nullopt;
    Redirect redirect{
        .first = address_for(*first, five_tuple.transport), .second = {}, .domain = first->domain};
    // There is but one ALTERNATE-DOMAIN, so both addresses must be of servers of that name.
    if (const auto* second = pick(other_than(family), random, &first->domain)) {
        redirect.second = address_for(*second, five_tuple.transport);
    }
    return redirect;
}

const AlternateServer* Alternates::pick(Family family, std::uint64_t random,
                                        const std::string* domain) const {
    const auto fits = [&](const AlternateServer& server) {
        return server.address.address.family() == family &&
               (domain == nullptr || server.domain == *domain);
    };
    std::uint64_t total = 0;
    for (const AlternateServer& server : servers_) {
        if (fits(server)) total += server.weight;
    }
    std::uint64_t left = total == 0 ? 0 : random % total;
    for (const AlternateServer& server : servers_) {
        if (!fits(server)) continue;
        if (total == 0 || left < server.weight) return &server;
        left -= server.weight;
    }
    return nullptr;
}

}  // namespace turnpike::turn
