// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/packet_relay.hpp"

#include <algorithm>

#include "protocol/channel_data.hpp"
#include "server/net/error_queue.hpp"
#include "server/worker/allocation_owner.hpp"

namespace turnpike::worker {

using protocol::Family;
using protocol::Packet;
using protocol::TimePoint;
using relay::Drop;
using telemetry::Counter;

namespace {

// ICMP errors that one socket may bring before the others get their turn.
constexpr int errors_max = 16;

Counter drop_counter(Drop drop) noexcept {
    switch (drop) {
        case Drop::no_allocation:
            return Counter::drop_no_allocation;
        case Drop::no_channel:
            return Counter::drop_no_channel;
        case Drop::no_permission:
            return Counter::drop_no_permission;
        case Drop::wrong_family:
            return Counter::drop_wrong_family;
        case Drop::malformed:
            return Counter::drop_malformed;
        case Drop::too_big:
            return Counter::drop_too_big;
        case Drop::bandwidth:
            return Counter::drop_bandwidth;
        case Drop::bytes:
            return Counter::drop_bytes;
        case Drop::deadline:
            return Counter::drop_deadline;
        case Drop::icmp_type:
            return Counter::drop_icmp_type;
        case Drop::client_away:
            return Counter::drop_client_away;
    }
    return Counter::drop_malformed;
}

}  // namespace

void PacketRelay::count(Drop drop) noexcept {
    context_.count(drop_counter(drop));
}

void PacketRelay::drop(const relay::Session& session, Drop reason) {
    count(reason);
    if (reason != Drop::bytes) return;
    auto& used_up = context_.used_up;
    if (used_up.empty() || used_up.back() != session.id()) used_up.push_back(session.id());
}

void PacketRelay::from_channel(const ClientMessage& message) {
    const auto data = protocol::ChannelData::decode(message.octets);
    if (!data) return count(Drop::malformed);
    relay::Session* session = session_of(message);
    if (session == nullptr) {
        if (!visitors_.pass_on(message)) count(Drop::no_allocation);
        return;
    }
    auto peer_bound = relay::forward_channel(*session, *data, message.now.steady);
    if (!peer_bound) return drop(*session, peer_bound.error());
    peer_bound->traffic_class = message.traffic_class;
    to_peer(*session, *peer_bound, message, false);
}

relay::Session* PacketRelay::session_of(const ClientMessage& message) {
    relay::Session* session = context_.routes.find(message.five_tuple);
    if (session != nullptr) [[likely]]
        return session;
    session = context_.routes.find_expected(message.five_tuple);
    if (session != nullptr) on_arrival_(message);
    return session;
}

void PacketRelay::from_send(const ClientMessage& message, const turn::RelayToPeer& indication) {
    relay::Session* session = context_.routes.find(message.five_tuple);
    if (session == nullptr) return count(Drop::no_allocation);
    auto peer_bound =
        relay::forward_send(*session, indication.peer, indication.data, message.now.steady);
    if (!peer_bound) return drop(*session, peer_bound.error());
    peer_bound->traffic_class = message.traffic_class;
    to_peer(*session, *peer_bound, message, indication.dont_fragment);
}

void PacketRelay::to_peer(const relay::Session& session, const relay::PeerBound& peer_bound,
                          const ClientMessage& message, bool dont_fragment) {
    if (is_relay_address(peer_bound.peer.address)) return hairpin(peer_bound, message);
    const Holding* holding = context_.holdings.find(session.id());
    const auto& relay = holding->relays[turn::index_of(peer_bound.peer.address.family())];
    if (!relay) return count(Drop::wrong_family);
    count_to_peer(Path::socket, peer_bound.payload.size());
    const int socket = relay->socket.get();
    // Between the families DONT-FRAGMENT means nothing (RFC 8656 section 13).
    const bool same_family =
        message.five_tuple.client.address.family() == peer_bound.peer.address.family();
    const net::Outgoing datagram{.socket = socket,
                                 .destination = peer_bound.peer,
                                 .source = {},
                                 .payload = peer_bound.payload,
                                 .traffic_class = peer_bound.traffic_class};
    if (dont_fragment && same_family) {
        context_.outbox.send_unfragmented(datagram);
    } else {
        context_.outbox.send(datagram);
    }
}

void PacketRelay::hairpin(const relay::PeerBound& peer_bound, const ClientMessage& message) {
    const auto owner = context_.shared.directory.owner(peer_bound.peer);
    if (!owner) {
        // Nobody has it now; the kernel could only hand the datagram to a stranger on this host.
        context_.count(Counter::drop_peer_refused);
    } else if (*owner != context_.index) {
        const bool posted = post_office_.post(*owner, peer_bound);
        if (!posted) return context_.count(Counter::drop_mailbox_full);
        count_to_peer(Path::hairpin, peer_bound.payload.size());
    } else if (message.packet != nullptr) {
        count_to_peer(Path::hairpin, peer_bound.payload.size());
        Packet packet = *message.packet;
        packet.narrow(peer_bound.payload);
        from_relay(peer_bound, packet, message.now.steady);
    } else {
        count_to_peer(Path::hairpin, peer_bound.payload.size());
        from_relay(peer_bound, copy_with_room(peer_bound.payload), message.now.steady);
    }
}

void PacketRelay::from_worker(const relay::PeerBound& peer_bound, TimePoint now) {
    from_relay(peer_bound, copy_with_room(peer_bound.payload), now);
}

Packet PacketRelay::room_for(std::size_t octets) noexcept {
    if (context_.inbox.is_full()) {
        context_.outbox.flush();
        context_.inbox.clear();
    }
    return {context_.inbox.take_buffer(), protocol::packet_headroom, octets};
}

Packet PacketRelay::copy_with_room(protocol::Bytes payload) noexcept {
    const Packet packet = room_for(payload.size());
    std::ranges::copy(payload, packet.payload().begin());
    return packet;
}

void PacketRelay::from_peers(std::span<const net::Poller::Ready> ready, TimePoint now) {
    for (const net::Poller::Ready& each : ready) {
        const RelayName name = RelayName::unpack(each.name);
        const Holding* holding = context_.holdings.find(name.allocation);
        if (holding == nullptr) continue;  // it ended with what another one brought
        if (each.is_failing) errors_from_peers(*holding, name.family, now);
        if (each.is_readable) receive(*holding, name.family, now);
    }
}

void PacketRelay::receive(const Holding& holding, Family family, TimePoint now) {
    const auto& relay = holding.relays[turn::index_of(family)];
    if (!relay) return;
    if (context_.inbox.is_full()) {
        context_.outbox.flush();
        context_.inbox.clear();
    }
    std::size_t index = context_.inbox.size();
    const std::size_t received = context_.inbox.receive(relay->socket.get());
    for (const std::size_t end = index + received; index < end; ++index) {
        net::Received datagram = context_.inbox[index];
        to_client(holding, datagram, Path::socket, now);
    }
}

void PacketRelay::errors_from_peers(const Holding& holding, Family family, TimePoint now) {
    const auto& relay = holding.relays[turn::index_of(family)];
    if (!relay) return;
    for (int taken = 0; taken < errors_max; ++taken) {
        const auto error = net::next_icmp_error(relay->socket.get());
        if (!error) return;
        Packet packet = room_for(0);
        if (const auto told = relay::report_to_client(*holding.session, *error, packet, now);
            !told) {
            count(told.error());
        } else if (!holding.link.relay(packet.payload(), context_.outbox)) {
            context_.count(Counter::drop_slow_reader);
        } else {
            context_.count(Counter::icmp_to_client);
        }
    }
}

void PacketRelay::from_relay(const relay::PeerBound& peer_bound, Packet packet, TimePoint now) {
    relay::Session* session = context_.routes.find(peer_bound.peer);
    if (session == nullptr) return context_.count(Counter::drop_peer_refused);
    net::Received datagram{.source = peer_bound.source,
                           .local = {},
                           .packet = packet,
                           .traffic_class = peer_bound.traffic_class};
    to_client(*context_.holdings.find(session->id()), datagram, Path::hairpin, now);
}

void PacketRelay::to_client(const Holding& holding, net::Received& datagram, Path path,
                            TimePoint now) {
    const std::size_t octets = datagram.packet.size();
    if (const auto forwarded =
            relay::forward_to_client(*holding.session, datagram.source, datagram.packet, now);
        !forwarded) {
        return drop(*holding.session, forwarded.error());
    }
    if (!holding.link.relay(datagram.packet.payload(), context_.outbox, datagram.traffic_class)) {
        // A DTLS record holds less than a datagram.
        const bool dtls = holding.session->five_tuple().transport == protocol::Transport::dtls;
        return context_.count(dtls ? Counter::drop_too_big : Counter::drop_slow_reader);
    }
    count_to_client(path, octets);
}

void PacketRelay::count_to_peer(Path path, std::size_t octets) noexcept {
    const bool hairpin = path == Path::hairpin;
    context_.count(hairpin ? Counter::packets_to_peer_hairpin : Counter::packets_to_peer);
    context_.count(hairpin ? Counter::bytes_to_peer_hairpin : Counter::bytes_to_peer, octets);
}

void PacketRelay::count_to_client(Path path, std::size_t octets) noexcept {
    const bool hairpin = path == Path::hairpin;
    context_.count(hairpin ? Counter::packets_to_client_hairpin : Counter::packets_to_client);
    context_.count(hairpin ? Counter::bytes_to_client_hairpin : Counter::bytes_to_client, octets);
}

bool PacketRelay::is_relay_address(const protocol::IpAddress& address) const noexcept {
    return std::ranges::find(context_.shared.relayed, address) != context_.shared.relayed.end();
}

}  // namespace turnpike::worker
