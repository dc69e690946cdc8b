// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/peer_service.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include "server/net/peer_socket.hpp"
#include "server/turn/connection_attempt.hpp"
#include "server/worker/random.hpp"

namespace turnpike::worker {

using protocol::TimePoint;
using telemetry::Counter;
using turn::PeerConnection;

namespace {

constexpr std::size_t shared_octets = 65536;
constexpr int accepts_max = 16;  // per listener and turn

static_assert(shared_octets >= net::TcpConnection::least_shared_octets);

// A ConnectionAttempt takes far less.
constexpr std::size_t indication_octets = 128;

}  // namespace

PeerService::PeerService(Context& context, const Parts& parts, PeerStream::OnReady on_ready)
    : context_{context}, parts_{parts}, on_ready_{std::move(on_ready)}, shared_(shared_octets) {}

void PeerService::connect(const turn::ConnectPeer& wish, TimePoint now) {
    ConnectionDirectory::Name name = context_.shared.peer_connections.take(context_.index);
    const PeerConnection connection{wish.allocation, name.id(), wish.peer};
    effects_.clear();
    parts_.dispatcher.connecting(connection, now, effects_);
    auto peer = dial(wish);
    const bool under_way = peer != nullptr;
    context_.peer_streams.insert(std::make_unique<PeerStream>(
        PeerStream::Setup{.connection = connection,
                          .name = std::move(name),
                          .peer = std::move(peer),
                          .awaited = wish.awaited,
                          .limits = context_.rules->settings.peer_stream},
        on_ready_));
    parts_.executor.execute(effects_, now);
    if (!under_way) end(connection, now);
}

std::unique_ptr<net::Watch> PeerService::dial(const turn::ConnectPeer& wish) {
    const RelayDirectory& directory = context_.shared.directory;
    const Holding* holding = context_.holdings.find(wish.allocation);
    if (holding == nullptr) return nullptr;
    const auto& relay = holding->relays[turn::index_of(wish.peer.address.family())];
    if (!relay) return nullptr;
    auto socket = net::connect_to_peer(relay->port.local, directory.as_local(wish.peer));
    if (!socket) return nullptr;
    auto watch = std::make_unique<net::Watch>(context_.io, *std::move(socket));
    return *watch ? std::move(watch) : nullptr;
}

void PeerService::proceed(PeerStream& stream, TimePoint now) {
    const PeerConnection connection = stream.connection();
    if (stream.state() == PeerStream::State::connecting) return open(stream, now);
    relay::Session* session = context_.routes.find(connection.allocation);
    if (session == nullptr) return end(connection, now);
    const auto again = stream.move({*session, context_.counters, shared_, now});
    if (stream.state() == PeerStream::State::over) {
        const bool cut = stream.reason() == Counter::peer_cut_limit;
        if (cut && !session->ended(now)) context_.used_up.push_back(session->id());
        return end(connection, now);
    }
    if (again) {
        parts_.wheel.set(
            {TimerKind::peer_connection, static_cast<std::uint32_t>(connection.connection)},
            *again);
    }
}

void PeerService::open(PeerStream& stream, TimePoint now) {
    const PeerConnection connection = stream.connection();
    if (net::connect_error(stream.peer())) return end(connection, now);
    effects_.clear();
    const bool wanted = parts_.dispatcher.connected(connection, now, effects_);
    if (wanted) stream.connected();
    if (const auto awaited = wanted ? stream.take_awaited() : std::nullopt) {
        context_.count(Counter::peer_connected);
        parts_.executor.answer(*awaited, connection, connection.connection);
    }
    parts_.executor.execute(effects_, now);
}

void PeerService::accept(protocol::AllocationId id, protocol::Family family, TimePoint now) {
    for (int count = 0; count < accepts_max; ++count) {
        // What one of them brings about may end the allocation.
        const Holding* holding = context_.holdings.find(id);
        if (holding == nullptr) return;
        const auto& relay = holding->relays[turn::index_of(family)];
        if (!relay) return;
        auto accepted = net::accept_connection(relay->listener->descriptor());
        if (accepted) {
            arrive(*holding, *std::move(accepted), now);
        } else if (accepted.error().value() != ECONNABORTED) {
            if (net::out_of_descriptors(accepted.error())) {
                // It stays readable in the kernel's queue: look again with the next sweep.
                relay->listener->pause_reading();
                paused_.emplace_back(id, family);
            }
            return;
        }
    }
}

void PeerService::arrive(const Holding& holding, net::Accepted accepted, TimePoint now) {
    ConnectionDirectory::Name name = context_.shared.peer_connections.take(context_.index);
    const PeerConnection connection{holding.id, name.id(),
                                    context_.shared.directory.as_advertised(accepted.client)};
    net::set_stream_options(accepted.socket);
    auto watch = std::make_unique<net::Watch>(context_.io, std::move(accepted.socket));
    effects_.clear();
    const bool welcome = *watch && parts_.dispatcher.arrived(connection, now, effects_);
    if (welcome) {
        context_.peer_streams.insert(std::make_unique<PeerStream>(
            PeerStream::Setup{.connection = connection,
                              .name = std::move(name),
                              .peer = std::move(watch),
                              .awaited = std::nullopt,
                              .limits = context_.rules->settings.peer_stream},
            on_ready_));
    }
    context_.count(welcome ? Counter::peer_accepted : Counter::peer_refused);
    parts_.executor.execute(std::exchange(effects_, {}), now);
    const Holding* living = context_.holdings.find(connection.allocation);
    if (!welcome || living == nullptr) return;
    if (!announce(*living, connection)) end(connection, now);
}

bool PeerService::announce(const Holding& holding, const PeerConnection& connection) {
    protocol::TransactionId transaction;
    fill_random(transaction.octets);
    std::array<std::byte, indication_octets> room{};
    const auto indication = turn::connection_attempt(connection, transaction, room);
    // A client that cannot be told will not bind it.
    return holding.link.stream != nullptr && holding.link.stream->relay(indication);
}

void PeerService::attach(HandedConnection client, const PeerConnection& connection, TimePoint now) {
    PeerStream* stream = context_.peer_streams.find(connection.connection);
    // Gone since the answer was made, and the client's end with it.
    if (stream == nullptr) return context_.count(Counter::tcp_closed);
    auto watch = std::make_unique<net::Watch>(context_.io, std::move(client.socket));
    if (!*watch) return end(connection, now);
    context_.count(Counter::peer_bound);
    stream->join({.socket = std::move(watch),
                  .connection = std::move(client.connection),
                  .place = std::move(client.place)},
                 pipes_, now);
    proceed(*stream, now);
}

void PeerService::on_time(protocol::ConnectionId id, TimePoint now) {
    if (PeerStream* stream = context_.peer_streams.find(id)) proceed(*stream, now);
}

void PeerService::sweep(TimePoint now) {
    for (const auto& [id, family] : std::exchange(paused_, {})) {
        const Holding* holding = context_.holdings.find(id);
        if (holding == nullptr) continue;
        if (const auto& relay = holding->relays[turn::index_of(family)]) {
            relay->listener->resume_reading();
        }
    }
    std::vector<PeerConnection> due;
    context_.peer_streams.for_each([&](PeerStream& stream) {
        const auto reason = stream.due(now);
        if (!reason) return;
        stream.finish(*reason);
        due.push_back(stream.connection());
    });
    for (const PeerConnection& connection : due) end(connection, now);
}

void PeerService::end(const PeerConnection& connection, TimePoint now) {
    effects_.clear();
    parts_.dispatcher.over(connection, effects_);
    parts_.executor.execute(effects_, now);
}

}  // namespace turnpike::worker
