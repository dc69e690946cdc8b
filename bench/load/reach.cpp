// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/reach.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include "bench/load/failure.hpp"
#include "bench/load/network_namespace.hpp"
#include "bench/load/udp_socket.hpp"
#include "client/resolve.hpp"

namespace turnpike::bench {
namespace {

constexpr std::uint16_t discard_port = 9;
constexpr std::size_t descriptors_spare = 32;  // standard streams, epoll, reports

}  // namespace

void fail(std::string_view step, const client::Failure& failure) {
    const std::string cause = failure.cause.empty() ? "" : " (" + failure.cause + ")";
    throw BadStart{fmt::format("{}: {}{}", step, failure.text, cause)};
}

client::Client reach(const Access& access, const Places& places, std::size_t number) {
    client::ConnectSettings settings = access.connect;
    if (!places.client_addresses.empty()) {
        settings.local = places.client_addresses[number % places.client_addresses.size()];
    }
    const auto servers = client::resolve(access.uri.host, access.uri.port);
    if (!servers) fail("resolve", servers.error());
    client::Failure failure{.text = "no address of this family"};
    for (const auto& server : *servers) {
        if (settings.local && settings.local->family() != server.address.family()) continue;
        auto connection = client::Connection::connect(access.uri.transport, server, settings);
        if (!connection) {
            failure = connection.error();
            continue;
        }
        if (is_secure(access.uri.transport)) {
            if (const auto secured = connection->secure(access.uri.host, settings); !secured) {
                failure = secured.error();
                continue;
            }
        }
        client::Client client{*std::move(connection), settings.timeout};
        client.log_in(access.login);
        return client;
    }
    fail("connect", failure);
}

protocol::Endpoint server_of(const Access& access) {
    if (access.uri.transport != protocol::Transport::udp) {
        throw BadStart{"this goes over UDP: turn:HOST?transport=udp"};
    }
    const auto servers = client::resolve(access.uri.host, access.uri.port);
    if (!servers) fail("resolve", servers.error());
    return servers->front();
}

protocol::Endpoint discarding_peer(const Places& places, const protocol::Endpoint& server) {
    protocol::Endpoint peer{places.peer_address.value_or(protocol::IpAddress{}), discard_port};
    if (!places.peer_address) {
        in_namespace(places.peer_netns, [&] { peer.address = local_address_towards(server); });
    }
    return peer;
}

void need_descriptors(std::size_t count) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_cur >= count + descriptors_spare) return;
    throw BadStart{fmt::format("this needs {} descriptors, and the limit is {}: ulimit -n",
                               count + descriptors_spare, limit.rlim_cur)};
}

}  // namespace turnpike::bench
