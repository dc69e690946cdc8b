// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/commons.hpp"

#include <stdexcept>
#include <utility>

#include "server/worker/kernel_wishes.hpp"
#include "server/worker/random.hpp"

namespace turnpike::worker {

using protocol::Moment;

namespace {

protocol::Moment read_clock() noexcept {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

std::vector<protocol::IpAddress> advertised(const std::vector<RelayAddress>& relays) {
    std::vector<protocol::IpAddress> addresses;
    for (const RelayAddress& relay : relays) addresses.push_back(relay.advertised);
    return addresses;
}

net::DtlsCookies make_dtls_cookies() {
    net::DtlsCookies::Secret secret;
    fill_random(secret);
    return net::DtlsCookies{secret};
}

}  // namespace

Commons::Commons(const config::Config& configuration, Surroundings surroundings)
    : config{configuration},
      log{surroundings.log},
      relays{relay_addresses(config.relay)},
      relayed{advertised(relays)},
      directory{relays, config.relay.ports.min, config.relay.ports.max},
      rules{make_rules(config, {.relays = relays, .keys = keys, .live = directory})},
      certificates{certificate_files(config.listen), tls, log, read_clock()},
      redirection{redirect_mode(config.redirect), config.redirect.allocations},
      connections{config.limits.tcp_connections, config.limits.tcp_connections_per_address},
      associations{config.limits.dtls_associations, config.limits.dtls_associations_per_address},
      handshakes{config.limits.tls_handshakes, 0},
      cookies{make_dtls_cookies()},
      acceleration{Acceleration::start({.relay = config.relay,
                                        .addresses = kernel_addresses(config.listen, relays),
                                        .workers = worker_count(config.server),
                                        .log = log})},
      attendance{config.limits.ghost, acceleration ? &acceleration->limits() : nullptr},
      shared{.rules = rules,
             .relayed = relayed,
             .directory = directory,
             .redirection = redirection,
             .connections = connections,
             .peer_connections = peer_connections,
             .tls = tls,
             .associations = associations,
             .handshakes = handshakes,
             .cookies = cookies,
             .attendance = attendance,
             .acceleration = acceleration.get(),
             .packet_io = packet_io(config.server),
             .node = node_name(config.server),
             .run = random_name(),
             .log = log},
      post_office{worker_count(config.server)},
      books{config, shared, post_office, log},
      listeners{
          {.workers = worker_count(config.server),
           .deliver = [this](WorkerIndex to, Order order) { return deliver(to, std::move(order)); },
           .post = std::move(surroundings.post),
           .inherited = std::move(surroundings.inherited)},
          log} {}

void Commons::open_workers() {
    for (std::size_t index = 0; index < worker_count(config.server); ++index) {
        workers.push_back(
            std::make_unique<Worker>(static_cast<WorkerIndex>(index), shared, post_office));
    }
    if (const auto opened = listeners.prepare(endpoints_of(config)); !opened) {
        throw std::runtime_error{opened.error().what};
    }
    listeners.commit();  // they take it up when they run
    listeners.tell_unclaimed();
}

bool Commons::deliver(WorkerIndex to, Order order) const {
    if (post_office.order(to, std::move(order))) return true;
    log.error(telemetry::Area::server, "a worker takes no orders",
              {{"worker", to}, {"advice", "restart the server"}});
    return false;
}

protocol::Result<AppliedChange, ChangeProblem> Commons::apply(const config::Config& next,
                                                              Moment now) {
    // Listeners last: from their opening on clients come to them.
    if (const auto read = certificates.prepare(certificate_files(next.listen)); !read) {
        return ChangeProblem{read.error().what};
    }
    if (const auto opened = listeners.prepare(endpoints_of(next)); !opened) {
        return ChangeProblem{opened.error().what};
    }
    AppliedChange applied{.has_other_certificates = certificates.has_others()};
    applied.workers_unheard = take_over(next, now);
    return applied;
}

std::size_t Commons::take_over(const config::Config& next, Moment now) {
    config = next;
    certificates.commit(now);
    const config::Limits& limits = config.limits;
    connections.limit(limits.tcp_connections, limits.tcp_connections_per_address);
    associations.limit(limits.dtls_associations, limits.dtls_associations_per_address);
    handshakes.limit(limits.tls_handshakes, 0);
    attendance.set_ghost(limits.ghost);
    redirection.set(redirect_mode(config.redirect), config.redirect.allocations);
    books.amend(config);
    rules.put(make_rules(config, {.relays = relays, .keys = keys, .live = directory}));
    const std::size_t unheard = tell_all([] { return Order{TakeRules{}}; });
    listeners.commit();
    return unheard;
}

}  // namespace turnpike::worker
