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

// So that nonces and tickets stay good.
RunKeys keys_after(const std::optional<Handover>& handover) {
    RunKeys keys = make_run_keys();
    if (!handover) return keys;
    keys.nonces = handover->keys.nonces;
    keys.tickets = handover->keys.tickets;
    return keys;
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
      handover{std::move(surroundings.handover)},
      keys{keys_after(handover)},
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
                                        .log = log,
                                        .pins = config.relay.pins,
                                        .owner = config.server.user,
                                        .stays = config.server.handover != std::chrono::seconds{0},
                                        .handover = handover ? &*handover : nullptr})},
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
             .run = handover ? handover->run : random_name(),
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
    if (handover || (acceleration && acceleration->has_inherited())) hand_to_workers();
}

// They find it behind their listeners. Then what this configuration says of it: that may be
// another one.
void Commons::hand_to_workers() {
    const bool kernel_goes_on = acceleration && acceleration->goes_on();
    Handover handed = std::exchange(handover, {}).value_or(Handover{});
    handed.workers.resize(workers.size());
    const protocol::TimePoint now = read_clock().steady;
    const auto ended = now < handed.until ? std::nullopt : std::optional{handed.until};
    for (HandedLimits& each : handed.limits) {
        if (!kernel_goes_on || !each.pool) attendance.inherit(std::move(each.share));
    }
    to_take_up_ = workers.size();
    const auto done = [this] {
        if (to_take_up_.fetch_sub(1) == 1) end_inheritance();
    };
    for (std::size_t index = 0; index < workers.size(); ++index) {
        HandedWorker& worker = handed.workers[index];
        for (HandedAllocation& each : worker.allocations) {
            if (!kernel_goes_on) each.slot.reset();
            // Before anybody is served: newcomers get others.
            for (auto& bound : each.bound) {
                if (bound && !directory.take(*bound)) bound.reset();
            }
        }
        if (!deliver(static_cast<WorkerIndex>(index), TakeUp{std::move(worker), ended, done})) {
            done();
        }
    }
    (void)tell_all([] { return Order{TakeRules{}}; });
}

// What the process before had in the kernel and nobody has claimed: routes first, so that no packet
// finds a slot that is somebody else's.
void Commons::end_inheritance() {
    if (!acceleration || !acceleration->has_inherited()) return;
    acceleration->remove_unclaimed_routes();
    to_release_ = workers.size();
    const auto done = [this] {
        if (to_release_.fetch_sub(1) != 1) return;
        attendance.forget_unclaimed();
        acceleration->finish_inheritance();
    };
    const std::size_t unheard = tell_all([&] { return Order{ReleaseUnclaimed{done}}; });
    for (std::size_t each = 0; each < unheard; ++each) done();
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

void Commons::apply_acceleration(config::Acceleration before) {
    if (acceleration) {
        return acceleration->apply(config.relay, kernel_addresses(config.listen, relays));
    }
    if (config.relay.acceleration == before) return;
    log.warning(telemetry::Area::server, "the kernel relays nothing",
                {{"reason", "it did not when the server began"}, {"advice", "restart the server"}});
}

std::size_t Commons::take_over(const config::Config& next, Moment now) {
    const config::Acceleration was_accelerated = config.relay.acceleration;
    config = next;
    certificates.commit(now);
    const config::Limits& limits = config.limits;
    connections.limit(limits.tcp_connections, limits.tcp_connections_per_address);
    associations.limit(limits.dtls_associations, limits.dtls_associations_per_address);
    handshakes.limit(limits.tls_handshakes, 0);
    attendance.set_ghost(limits.ghost);
    redirection.set(redirect_mode(config.redirect), config.redirect.allocations);
    books.amend(config);
    apply_acceleration(was_accelerated);
    rules.put(make_rules(config, {.relays = relays, .keys = keys, .live = directory}));
    const std::size_t unheard = tell_all([] { return Order{TakeRules{}}; });
    (void)tell_all([] { return Order{LookForWays{}}; });
    listeners.commit();
    return unheard;
}

}  // namespace turnpike::worker
