// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/listeners.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "server/net/socket_options.hpp"
#include "server/net/tcp_listener.hpp"
#include "server/net/udp_listener.hpp"
#include "server/worker/assemble.hpp"

namespace turnpike::worker {

using protocol::Endpoint;
using protocol::Result;

namespace {

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

Listeners::Problem refused(std::string_view transport, const Endpoint& endpoint,
                           const boost::system::error_code& error) {
    return {"cannot listen on " + std::string{transport} + " " + endpoint.to_string() + ": " +
            error.message() + " (" + advice(error) + ")"};
}

std::string_view name_of(Serves serves) {
    return serves == Serves::dtls ? "DTLS" : "UDP";
}
std::string_view name_of(Entrance entrance) {
    return entrance == Entrance::secured ? "TLS" : "TCP";
}

// Whether one of them stands for all addresses and the other for one of these.
bool overlap(const Endpoint& one, const Endpoint& other) {
    return one.port == other.port && one.port != 0 &&
           one.address.family() == other.address.family() &&
           one.address.is_unspecified() != other.address.is_unspecified();
}

// With a socket for all addresses and one for a single one, the kernel would take clients away from
// the worker that has their allocation.
template <typename Sockets>
Result<void, Listeners::Problem> check_overlap(std::string_view transport, const Sockets& open,
                                               const Endpoint& endpoint) {
    const auto found =
        std::ranges::find_if(open, [&](const auto& each) { return overlap(each.bound, endpoint); });
    if (found == open.end()) return {};
    return Listeners::Problem{"cannot listen on " + std::string{transport} + " " +
                              endpoint.to_string() + " beside " + found->bound.to_string() +
                              " while the server runs (restart it for this change)"};
}

template <typename Open>
Result<std::vector<net::FileDescriptor>, boost::system::error_code> open_each(std::size_t workers,
                                                                              Endpoint& bound,
                                                                              Open&& open) {
    std::vector<net::FileDescriptor> sockets;
    for (std::size_t index = 0; index < workers; ++index) {
        auto socket = open(bound);
        if (!socket) return socket.error();
        bound = net::bound_to(socket->get());  // of port 0 the first socket decides for all
        sockets.push_back(*std::move(socket));
    }
    return sockets;
}

Serves what_of(const Endpoints::Udp& wanted) {
    return wanted.serves;
}
Entrance what_of(const Endpoints::Tcp& wanted) {
    return wanted.entrance;
}

// An endpoint has one socket, whatever for; port 0 stands for a port of its own each time.
template <typename Socket, typename Wanted>
bool is_for(const Socket& socket, const Wanted& wanted) {
    return socket.wanted == wanted.endpoint &&
           (wanted.endpoint.port != 0 || socket.what == what_of(wanted));
}

template <typename Sockets, typename Wanted>
auto find_socket(Sockets& sockets, const Wanted& wanted) {
    return std::ranges::find_if(sockets, [&](const auto& each) { return is_for(each, wanted); });
}

template <typename All, typename Socket>
auto find_wanted(const All& all, const Socket& socket) {
    return std::ranges::find_if(all, [&](const auto& each) { return is_for(socket, each); });
}

}  // namespace

Endpoints endpoints_of(const config::Config& config) {
    Endpoints all;
    const config::Listen& listen = config.listen;
    for (const Endpoint& each : listen.udp) all.udp.push_back({each, Serves::plain});
    for (const Endpoint& each : discovery_endpoints(config.discovery)) {
        const bool is_there = std::ranges::find(listen.udp, each) != listen.udp.end();
        if (!is_there) all.udp.push_back({each, Serves::plain});
    }
    for (const Endpoint& each : listen.dtls) all.udp.push_back({each, Serves::dtls});
    for (const Endpoint& each : listen.tcp) all.tcp.push_back({each, Entrance::plain});
    for (const Endpoint& each : listen.tls) all.tcp.push_back({each, Entrance::secured});
    for (const Endpoint& each : listen.automatic) {
        all.udp.push_back({each, Serves::both});
        all.tcp.push_back({each, Entrance::automatic});
    }
    return all;
}

Listeners::Listeners(Settings settings, telemetry::Log& log)
    : workers_{settings.workers},
      deliver_{std::move(settings.deliver)},
      post_{std::move(settings.post)},
      log_{log},
      inherited_{std::move(settings.inherited)} {}

Result<void, Listeners::Problem> Listeners::prepare(const Endpoints& wanted) {
    abandon();
    wanted_ = wanted;
    auto opened = open_new(wanted);
    if (!opened) abandon();
    return opened;
}

void Listeners::abandon() {
    for (Udp& each : new_udp_) {
        if (!each.is_inherited) continue;
        for (net::FileDescriptor& socket : each.prepared) {
            inherited_.give_back_udp_listener(std::move(socket));
        }
    }
    new_udp_.clear();
    new_tcp_.clear();
}

Result<void, Listeners::Problem> Listeners::open_new(const Endpoints& wanted) {
    // Asked before a socket of ours for all addresses holds their ports too.
    const auto probe = [&](const auto& open, const auto& each, int type) -> Result<void, Problem> {
        if (find_socket(open, each) != open.end()) return {};
        const bool is_udp = type == SOCK_DGRAM;
        if (const auto free = check_overlap(is_udp ? "UDP" : "TCP", open, each.endpoint); !free) {
            return free.error();
        }
        if (inherited_.has(each.endpoint, type)) return {};
        const auto error = net::probe(each.endpoint, type);
        if (!error) return {};
        return refused(name_of(what_of(each)), each.endpoint, error);
    };
    for (const Endpoints::Udp& each : wanted.udp) {
        if (auto free = probe(udp_, each, SOCK_DGRAM); !free) return free.error();
    }
    for (const Endpoints::Tcp& each : wanted.tcp) {
        if (auto free = probe(tcp_, each, SOCK_STREAM); !free) return free.error();
    }
    for (const Endpoints::Udp& each : wanted.udp) {
        if (auto opened = open_new(each); !opened) return opened.error();
    }
    for (const Endpoints::Tcp& each : wanted.tcp) {
        if (auto opened = open_new(each); !opened) return opened.error();
    }
    return {};
}

Result<void, Listeners::Problem> Listeners::open_new(const Endpoints::Udp& wanted) {
    if (find_socket(udp_, wanted) != udp_.end()) return {};
    Udp socket{.wanted = wanted.endpoint, .bound = wanted.endpoint, .what = wanted.serves};
    if (inherited_.has(wanted.endpoint, SOCK_DGRAM)) {
        socket.prepared = inherit(wanted.endpoint);
        if (!socket.prepared.empty()) {
            socket.is_inherited = true;
            new_udp_.push_back(std::move(socket));
            return {};
        }
    }
    auto opened = open_each(workers_, socket.bound, net::open_udp_listener);
    if (!opened) return refused(name_of(wanted.serves), socket.bound, opened.error());
    socket.prepared = *std::move(opened);
    new_udp_.push_back(std::move(socket));
    return {};
}

Result<void, Listeners::Problem> Listeners::open_new(const Endpoints::Tcp& wanted) {
    if (find_socket(tcp_, wanted) != tcp_.end()) return {};
    Tcp socket{.wanted = wanted.endpoint, .bound = wanted.endpoint, .what = wanted.entrance};
    if (wanted.entrance == Entrance::automatic) {
        const auto like = find_socket(new_udp_, Endpoints::Udp{wanted.endpoint, Serves::both});
        if (like != new_udp_.end()) socket.bound = like->bound;
    }
    const bool is_inherited = inherited_.has(wanted.endpoint, SOCK_STREAM);
    auto opened = open_each(workers_, socket.bound, [&](const Endpoint& endpoint) {
        return is_inherited ? inherited_.share_tcp_listener(endpoint)
                            : net::open_tcp_listener(endpoint);
    });
    if (!opened) return refused(name_of(wanted.entrance), socket.bound, opened.error());
    socket.prepared = *std::move(opened);
    new_tcp_.push_back(std::move(socket));
    return {};
}

// A datagram socket serves one worker: whoever gets none hears of clients by the others.
std::vector<net::FileDescriptor> Listeners::inherit(const Endpoint& endpoint) {
    std::vector<net::FileDescriptor> sockets;
    while (sockets.size() < workers_) {
        auto socket = inherited_.take_udp_listener(endpoint);
        if (!socket) break;
        sockets.push_back(*std::move(socket));
    }
    if (sockets.size() < workers_) {
        log_.warning(telemetry::Area::listen, "fewer datagram sockets were passed than workers",
                     {{"endpoint", endpoint.to_string()},
                      {"sockets", sockets.size()},
                      {"workers", workers_},
                      {"advice", "repeat ListenDatagram= for each of server.workers"}});
    }
    return sockets;
}

void Listeners::tell_unclaimed() {
    for (const std::string& each : inherited_.unclaimed()) {
        log_.warning(telemetry::Area::listen, "a socket was passed that [listen] does not name",
                     {{"socket", each}});
    }
}

template <typename MakeOrder>
std::size_t Listeners::order_all(MakeOrder&& make_order) {
    std::size_t taken = 0;
    for (std::size_t index = 0; index < workers_; ++index) {
        if (deliver_(static_cast<WorkerIndex>(index), make_order(index))) ++taken;
    }
    return taken;
}

void Listeners::commit() {
    for (Udp& each : udp_) {
        const auto wanted = find_wanted(wanted_.udp, each);
        const Serves now = wanted == wanted_.udp.end() ? Serves::leaving : wanted->serves;
        if (std::exchange(each.what, now) == now) continue;
        order_all([&](std::size_t) { return ServeUdp{each.bound, now}; });
    }
    std::erase_if(tcp_, [&](Tcp& each) {
        const auto wanted = find_wanted(wanted_.tcp, each);
        if (wanted == wanted_.tcp.end()) {
            order_all([&](std::size_t) { return CloseTcp{each.bound}; });
            return true;
        }
        if (std::exchange(each.what, wanted->entrance) != wanted->entrance) {
            order_all([&](std::size_t) { return ServeTcp{each.bound, each.what}; });
        }
        return false;
    });
    for (Udp& each : new_udp_) {
        for (std::size_t index = 0; index < each.prepared.size(); ++index) {
            (void)deliver_(static_cast<WorkerIndex>(index),
                           ListenUdp{std::move(each.prepared[index]), each.what});
        }
        each.prepared.clear();
    }
    for (Tcp& each : new_tcp_) {
        for (std::size_t index = 0; index < each.prepared.size(); ++index) {
            (void)deliver_(static_cast<WorkerIndex>(index),
                           ListenTcp{std::move(each.prepared[index]), each.what});
        }
        each.prepared.clear();
    }
    std::ranges::move(new_udp_, std::back_inserter(udp_));
    std::ranges::move(new_tcp_, std::back_inserter(tcp_));
    new_udp_.clear();
    new_tcp_.clear();
}

void Listeners::look() {
    for (Udp& each : udp_) {
        if (each.what != Serves::leaving || each.awaited != 0) continue;
        const auto answer = [this, bound = each.bound](bool is_needed) {
            post_([this, bound, is_needed] { answered(bound, is_needed); });
        };
        each.awaited = order_all([&](std::size_t) { return IsUdpNeeded{each.bound, answer}; });
        each.is_needed = each.awaited < workers_;  // who was not asked may need it
    }
}

void Listeners::answered(const Endpoint& bound, bool is_needed) {
    const auto socket = std::ranges::find(udp_, bound, &Udp::bound);
    if (socket == udp_.end() || socket->awaited == 0) return;
    socket->is_needed = socket->is_needed || is_needed;
    if (--socket->awaited != 0 || socket->is_needed || socket->what != Serves::leaving) return;
    order_all([&](std::size_t) { return CloseUdp{bound}; });
    udp_.erase(socket);
}

std::vector<Endpoint> Listeners::udp(Serves serves) const {
    std::vector<Endpoint> found;
    for (const Udp& each : udp_) {
        if (each.what == serves) found.push_back(each.bound);
    }
    return found;
}

std::vector<Endpoint> Listeners::tcp(Entrance entrance) const {
    std::vector<Endpoint> found;
    for (const Tcp& each : tcp_) {
        if (each.what == entrance) found.push_back(each.bound);
    }
    return found;
}

}  // namespace turnpike::worker
