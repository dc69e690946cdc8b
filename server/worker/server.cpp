// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/server.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/net/host_addresses.hpp"
#include "server/net/socket_options.hpp"
#include "server/net/tcp_listener.hpp"
#include "server/net/udp_listener.hpp"
#include "server/worker/assemble.hpp"
#include "server/worker/bookkeeping.hpp"
#include "server/worker/certificate_keeper.hpp"
#include "server/worker/random.hpp"
#include "server/worker/worker.hpp"

namespace turnpike::worker {

using protocol::Endpoint;

namespace {

protocol::Moment read_clock() noexcept {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

std::vector<protocol::IpAddress> advertised(const std::vector<RelayAddress>& relays) {
    std::vector<protocol::IpAddress> addresses;
    for (const RelayAddress& relay : relays) addresses.push_back(relay.advertised);
    return addresses;
}

std::string joined(const std::vector<Endpoint>& endpoints) {
    std::string text;
    for (const Endpoint& endpoint : endpoints) {
        if (!text.empty()) text += ',';
        text += endpoint.to_string();
    }
    return text;
}

std::string joined(const std::vector<protocol::IpAddress>& addresses) {
    std::string text;
    for (const protocol::IpAddress& address : addresses) {
        if (!text.empty()) text += ',';
        text += address.to_string();
    }
    return text;
}

std::string advice(const boost::system::error_code& error) {
    switch (error.value()) {
        case EADDRINUSE:
            return "another program has this port: stop it, or choose another in [listen]";
        case EADDRNOTAVAIL:
            return "this host has no such address: correct it in [listen], or use a wildcard";
        case EACCES:
            return "ports below 1024 need privileges: give CAP_NET_BIND_SERVICE, or choose another";
        case EAFNOSUPPORT:
            return "this host has no IPv6: leave the address out of [listen]";
        default:
            return "see [listen] in the configuration";
    }
}

[[noreturn]] void refuse(std::string_view transport, const Endpoint& endpoint,
                         const boost::system::error_code& error) {
    throw std::runtime_error{"cannot listen on " + std::string{transport} + " " +
                             endpoint.to_string() + ": " + error.message() + " (" + advice(error) +
                             ")"};
}

void refuse_if_taken(std::string_view transport, const Endpoint& endpoint, int type) {
    if (const auto error = net::probe(endpoint, type)) refuse(transport, endpoint, error);
}

net::DtlsCookies make_dtls_cookies() {
    net::DtlsCookies::Secret secret;
    fill_random(secret);
    return net::DtlsCookies{secret};
}

// Every relayed address is a descriptor.
void raise_descriptor_limit(const config::PortRange& ports, telemetry::Log& log) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    (void)::setrlimit(RLIMIT_NOFILE, &limit);
    const auto wanted = static_cast<rlim_t>(ports.max - ports.min) + 1;
    if (limit.rlim_max >= wanted) return;
    log.warning("fewer descriptors than relay ports",
                {{"descriptors", static_cast<std::uint64_t>(limit.rlim_max)},
                 {"ports", static_cast<std::uint64_t>(wanted)},
                 {"advice", "raise LimitNOFILE of the service"}});
}

}  // namespace

struct Server::Parts {
    Parts(const config::Config& configuration, telemetry::Log& where)
        : config{configuration},
          log{where},
          relays{relay_addresses(config.relay)},
          settings{worker_settings(config, relays)},
          relayed{advertised(relays)},
          users{user_directory_settings(config)},
          authenticator{make_authenticator(config, knows_all_users(config, users))},
          directory{relays, config.relay.ports.min, config.relay.ports.max},
          peer_policy{peer_policy_settings(config, relays), directory},
          certificates{certificate_files(config.listen), tls, log, read_clock()},
          redirection{make_redirection(config.redirect)},
          connections{config.limits.tcp_connections, config.limits.tcp_connections_per_address},
          associations{config.limits.dtls_associations,
                       config.limits.dtls_associations_per_address},
          handshakes{config.limits.tls_handshakes, 0},
          cookies{make_dtls_cookies()},
          attendance{config.limits.ghost},
          shared{.settings = settings,
                 .relayed = relayed,
                 .authenticator = authenticator,
                 .users = users,
                 .peer_policy = peer_policy,
                 .directory = directory,
                 .redirection = redirection,
                 .connections = connections,
                 .peer_connections = peer_connections,
                 .tls = tls,
                 .associations = associations,
                 .handshakes = handshakes,
                 .cookies = cookies,
                 .attendance = attendance,
                 .node = node_name(config.server),
                 .run = random_name(),
                 .log = log},
          post_office{worker_count(config.server)},
          books{config, shared, post_office, log} {}

    void open_workers();
    // Where it is bound.
    Endpoint open_udp(const Endpoint& endpoint, DatagramService::Serves serves);
    Endpoint open_stream(std::string_view name, const Endpoint& endpoint, Entrance entrance);
    void wait_for_end();
    void wait_for_reload();
    void look_at_certificates();

    config::Config config;
    telemetry::Log& log;
    std::vector<RelayAddress> relays;
    Settings settings;
    std::vector<protocol::IpAddress> relayed;
    auth::UserDirectory users;
    auth::Authenticator authenticator;
    RelayDirectory directory;
    auth::PeerPolicy peer_policy;
    net::TlsSlot tls;
    CertificateKeeper certificates;
    Redirection redirection;
    ConnectionLimits connections;
    ConnectionDirectory peer_connections;
    ConnectionLimits associations;
    ConnectionLimits handshakes;
    net::DtlsCookies cookies;
    accounts::Attendance attendance;
    Shared shared;
    PostOffice post_office;
    Bookkeeping books;
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<Endpoint> udp;
    std::vector<Endpoint> dtls_listeners;
    std::vector<Endpoint> tcp;
    std::vector<Endpoint> tls_listeners;
    std::vector<Endpoint> automatic;
    // Of the thread in run().
    boost::asio::io_context waiting{1};
    boost::asio::signal_set ends{waiting, SIGTERM, SIGINT};
    boost::asio::signal_set reloads{waiting, SIGHUP};
    boost::asio::steady_timer next_look{waiting};
};

void Server::Parts::open_workers() {
    for (std::size_t index = 0; index < worker_count(config.server); ++index) {
        workers.push_back(
            std::make_unique<Worker>(static_cast<WorkerIndex>(index), shared, post_office));
    }
    std::vector<Endpoint> discovery = discovery_endpoints(config.discovery);
    std::erase_if(discovery, [this](const Endpoint& each) {
        return std::ranges::find(config.listen.udp, each) != config.listen.udp.end();
    });
    // Before a wildcard of ours holds their ports too.
    for (const Endpoint& endpoint : discovery) refuse_if_taken("UDP", endpoint, SOCK_DGRAM);
    for (const Endpoint& endpoint : config.listen.udp) {
        refuse_if_taken("UDP", endpoint, SOCK_DGRAM);
        udp.push_back(open_udp(endpoint, DatagramService::Serves::plain));
    }
    for (const Endpoint& endpoint : discovery) {
        udp.push_back(open_udp(endpoint, DatagramService::Serves::plain));
    }
    for (const Endpoint& endpoint : config.listen.dtls) {
        refuse_if_taken("DTLS", endpoint, SOCK_DGRAM);
        dtls_listeners.push_back(open_udp(endpoint, DatagramService::Serves::dtls));
    }
    for (const Endpoint& each : config.listen.tcp) {
        tcp.push_back(open_stream("TCP", each, Entrance::plain));
    }
    for (const Endpoint& each : config.listen.tls) {
        tls_listeners.push_back(open_stream("TLS", each, Entrance::secured));
    }
    for (const Endpoint& each : config.listen.automatic) {
        refuse_if_taken("UDP", each, SOCK_DGRAM);
        automatic.push_back(
            open_stream("TCP", open_udp(each, DatagramService::Serves::both), Entrance::automatic));
    }
}

Endpoint Server::Parts::open_udp(const Endpoint& endpoint, DatagramService::Serves serves) {
    Endpoint bound = endpoint;  // where it asks for port 0, the first socket decides for all
    for (const auto& worker : workers) {
        auto socket = net::open_udp_listener(bound);
        if (!socket) refuse("UDP", bound, socket.error());
        bound = net::bound_to(socket->get());
        worker->listen_udp(*std::move(socket), serves);
    }
    return bound;
}

Endpoint Server::Parts::open_stream(std::string_view name, const Endpoint& endpoint,
                                    Entrance entrance) {
    refuse_if_taken(name, endpoint, SOCK_STREAM);
    Endpoint bound = endpoint;
    for (const auto& worker : workers) {
        auto socket = net::open_tcp_listener(bound);
        if (!socket) refuse(name, bound, socket.error());
        bound = net::bound_to(socket->get());
        worker->listen_tcp(*std::move(socket), entrance);
    }
    return bound;
}

void Server::Parts::wait_for_end() {
    ends.async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        log.info("stopping", {{"signal", signal}});
        waiting.stop();
    });
}

void Server::Parts::wait_for_reload() {
    reloads.async_wait([this](const boost::system::error_code& error, int /*signal*/) {
        if (error) return;
        if (certificates.empty()) {
            log.warning("nothing to reload", {{"advice", "other changes need a restart"}});
        }
        certificates.reload(read_clock());
        wait_for_reload();
    });
}

void Server::Parts::look_at_certificates() {
    if (certificates.empty()) return;
    next_look.expires_after(CertificateKeeper::interval);
    next_look.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        certificates.look(read_clock());
        look_at_certificates();
    });
}

Server::Server(const config::Config& config, telemetry::Log& log) {
    raise_descriptor_limit(config.relay.ports, log);
    parts_ = std::make_unique<Parts>(config, log);
    if (parts_->relays.empty()) {
        throw std::runtime_error{
            "no address to relay from: this host has none; set relay.addresses"};
    }
    if (config.relay.addresses.empty() && net::is_loopback(parts_->relays.front().local)) {
        log.warning("relaying on loopback", {{"advice", "set relay.addresses"}});
    }
    parts_->open_workers();
}

Server::~Server() = default;

void Server::run() {
    parts_->books.open();
    parts_->wait_for_end();
    parts_->wait_for_reload();
    parts_->look_at_certificates();
    std::vector<std::thread> threads;
    for (const auto& worker : parts_->workers) {
        threads.emplace_back([&each = *worker] { each.run(); });
    }
    parts_->log.info("server ready", {{"udp", joined(parts_->udp)},
                                      {"dtls", joined(parts_->dtls_listeners)},
                                      {"tcp", joined(parts_->tcp)},
                                      {"tls", joined(parts_->tls_listeners)},
                                      {"auto", joined(parts_->automatic)},
                                      {"relay", joined(parts_->relayed)},
                                      {"workers", parts_->workers.size()}});
    parts_->waiting.run();
    for (const auto& worker : parts_->workers) worker->stop();
    for (std::thread& thread : threads) thread.join();
    parts_->books.close();
    parts_->log.info("server stopped");
}

void Server::redirect(RedirectMode mode) {
    parts_->redirection.set(mode);
}

void Server::stop() {
    boost::asio::post(parts_->waiting, [this] { parts_->waiting.stop(); });
}

const std::vector<Endpoint>& Server::udp() const noexcept {
    return parts_->udp;
}
const std::vector<Endpoint>& Server::dtls() const noexcept {
    return parts_->dtls_listeners;
}
const std::vector<Endpoint>& Server::automatic() const noexcept {
    return parts_->automatic;
}
const std::vector<Endpoint>& Server::tcp() const noexcept {
    return parts_->tcp;
}
const std::vector<Endpoint>& Server::tls() const noexcept {
    return parts_->tls_listeners;
}

telemetry::CounterValues Server::counters() const {
    std::vector<const telemetry::Counters*> all;
    for (const auto& worker : parts_->workers) all.push_back(&worker->counters());
    for (const auto* each : parts_->books.counters()) all.push_back(each);
    return telemetry::sum(all);
}

double Server::journal_fill() const {
    return parts_->books.journal_fill();
}

std::size_t Server::free_ports() const {
    return parts_->directory.free_ports();
}

}  // namespace turnpike::worker
