// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/datagram_service.hpp"

#include <algorithm>
#include <utility>

#include "protocol/classify.hpp"
#include "server/net/socket_options.hpp"

namespace turnpike::worker {

using protocol::Kind;
using telemetry::Counter;

namespace {

// Batches that one readable listener may bring before the relay sockets get their turn.
constexpr int rounds_max = 4;

}  // namespace

void DatagramService::listen(net::FileDescriptor socket, Serves serves, OnReadable on_readable) {
    auto listener = std::make_unique<Listener>();
    listener->bound = net::bound_to(socket.get());
    listener->serves = serves;
    if (context_.rules->settings.copies_traffic_class) {
        net::report_traffic_class(socket.get(), listener->bound.address.family());
    }
    if (context_.shared.packet_io == net::PacketIo::offload) net::accept_bursts(socket.get());
    listener->socket = std::make_unique<net::Watch>(context_.io, std::move(socket));
    listener->socket->on_readable(
        [raw = listener.get(), callback = std::move(on_readable)] { callback(*raw); });
    register_socket(*listener);
    listeners_.push_back(std::move(listener));
}

// One that is leaving can still answer whom it serves.
void DatagramService::register_socket(const Listener& listener) {
    const int socket = listener.socket->descriptor();
    if (listener.serves != Serves::dtls) context_.udp_sockets.add(listener.bound, socket);
    if (listener.serves != Serves::plain) context_.dtls_sockets.add(listener.bound, socket);
}

void DatagramService::change(const protocol::Endpoint& bound, Serves serves) {
    context_.udp_sockets.clear();
    context_.dtls_sockets.clear();
    for (const auto& listener : listeners_) {
        if (listener->bound == bound) listener->serves = serves;
        register_socket(*listener);
    }
}

bool DatagramService::is_needed(const protocol::Endpoint& bound) const {
    return std::ranges::any_of(listeners_, [&](const auto& listener) {
        const int socket = listener->socket->descriptor();
        return listener->bound == bound &&
               (parts_.dtls.uses(socket) || context_.holdings.any([socket](const Holding& each) {
                   return each.link.socket == socket ||
                          (each.next_link && each.next_link->socket == socket);
               }));
    });
}

void DatagramService::close(const protocol::Endpoint& bound) {
    context_.outbox.flush();  // while there are sockets for it
    std::erase_if(listeners_, [&](const auto& each) { return each->bound == bound; });
    context_.udp_sockets.clear();
    context_.dtls_sockets.clear();
    for (const auto& listener : listeners_) register_socket(*listener);
}

void DatagramService::close() {
    context_.udp_sockets.clear();
    context_.dtls_sockets.clear();
    listeners_.clear();
}

void DatagramService::receive(const Listener& listener, protocol::Moment now) {
    for (int round = 0; round < rounds_max; ++round) {
        const std::size_t received = context_.inbox.receive(listener.socket->descriptor());
        for (std::size_t index = 0; index < received; ++index) {
            handle(listener, context_.inbox[index], now);
        }
        const bool may_have_more = context_.inbox.is_full();
        context_.outbox.flush();  // before its buffers are received into again
        context_.inbox.clear();
        if (!may_have_more) break;
    }
}

void DatagramService::handle(const Listener& listener, net::Received datagram,
                             protocol::Moment now) {
    const bool wildcard = listener.bound.address.is_unspecified();
    const auto kind =
        protocol::classify(datagram.packet.payload(), context_.rules->settings.turn.channels);
    const bool dtls = kind == Kind::dtls;
    if (listener.serves == (dtls ? Serves::plain : Serves::dtls)) {
        return context_.count(Counter::drop_not_turn);
    }
    const protocol::FiveTuple five_tuple{
        .client = datagram.source,
        .server = {wildcard ? datagram.local : listener.bound.address, listener.bound.port},
        .transport = dtls ? protocol::Transport::dtls : protocol::Transport::udp};
    if (listener.serves == Serves::leaving && !is_known(five_tuple)) {
        return context_.count(Counter::drop_not_turn);
    }
    const ClientLink link{.socket = listener.socket->descriptor(),
                          .client = datagram.source,
                          .source = wildcard ? datagram.local : protocol::IpAddress{}};
    const ClientMessage message{.five_tuple = five_tuple,
                                .link = link,
                                .octets = datagram.packet.payload(),
                                .packet = &datagram.packet,
                                .now = now,
                                .traffic_class = datagram.traffic_class};
    serve(message, kind);
}

bool DatagramService::is_known(const protocol::FiveTuple& five_tuple) const {
    return context_.routes.find(five_tuple) != nullptr || parts_.dtls.knows(five_tuple) ||
           parts_.visitors.knows(five_tuple);
}

void DatagramService::receive(VisitorMail mail, protocol::Moment now) {
    const bool dtls = mail.five_tuple.transport == protocol::Transport::dtls;
    const UdpSockets& sockets = dtls ? context_.dtls_sockets : context_.udp_sockets;
    const auto link = sockets.link(mail.five_tuple.server, mail.five_tuple.client);
    if (!link) return context_.count(Counter::drop_no_session);
    protocol::Packet packet = parts_.relay.copy_with_room(mail.octets);
    const ClientMessage message{.five_tuple = mail.five_tuple,
                                .link = *link,
                                .octets = packet.payload(),
                                .packet = &packet,
                                .now = now,
                                .traffic_class = mail.traffic_class,
                                .passed_on = true};
    if (mail.association) {
        parts_.dtls.adopt(std::move(*mail.association), message);
    } else {
        serve(message, protocol::classify(message.octets, context_.rules->settings.turn.channels));
    }
    parts_.visitors.served(mail);
}

void DatagramService::serve(const ClientMessage& message, Kind kind) {
    switch (kind) {
        case Kind::stun:
            return parts_.stun.serve(message);
        case Kind::channel_data:
            return parts_.relay.from_channel(message);
        case Kind::dtls:
            return parts_.dtls.receive(message);
        case Kind::junk:
            return context_.count(Counter::drop_not_turn);
    }
}

}  // namespace turnpike::worker
