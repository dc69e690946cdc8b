// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/stream_service.hpp"

#include <algorithm>
#include <utility>

#include "server/net/socket_options.hpp"

namespace turnpike::worker {

using net::TcpConnection;
using protocol::Moment;
using protocol::TimePoint;
using telemetry::Counter;

namespace {

constexpr std::size_t shared_octets = 98304;
constexpr int accepts_max = 64;  // per listener and turn
constexpr int reads_max = 4;     // per connection and turn

static_assert(shared_octets >= TcpConnection::least_shared_octets);

// The result of a handshake, as a counter.
Counter result_of(const StreamClient& client, const net::TlsSession& tls) noexcept {
    using Failure = net::TlsSession::Failure;
    if (tls.state() == net::TlsSession::State::open ||
        tls.state() == net::TlsSession::State::ending) {
        return tls.resumed() ? Counter::tls_resumed : Counter::tls_full;
    }
    switch (tls.failure()) {
        case Failure::none:
            return client.reason() == Counter::tcp_cut_idle ? Counter::tls_timeout
                                                            : Counter::tls_closed;
        case Failure::not_tls:
            return Counter::tls_not_tls;
        case Failure::version:
            return Counter::tls_version;
        case Failure::no_shared_cipher:
            return Counter::tls_no_shared_cipher;
        case Failure::no_application_protocol:
            return Counter::tls_no_application_protocol;
        case Failure::alert:
            return Counter::tls_alert;
        default:
            return Counter::tls_other;
    }
}

}  // namespace

StreamService::StreamService(Context& context, const Parts& parts, Events events)
    : context_{context}, parts_{parts}, events_{std::move(events)}, shared_(shared_octets) {}

void StreamService::listen(net::FileDescriptor socket, Entrance entrance) {
    const protocol::Endpoint bound = net::bound_to(socket.get());
    auto listener = std::unique_ptr<Listener>{new Listener{
        .watch = {context_.io, std::move(socket)}, .entrance = entrance, .bound = bound}};
    listener->watch.on_readable([this, raw = listener.get()] { events_.acceptable(*raw); });
    listeners_.push_back(std::move(listener));
}

void StreamService::change(const protocol::Endpoint& bound, Entrance entrance) {
    for (const auto& listener : listeners_) {
        if (listener->bound == bound) listener->entrance = entrance;
    }
}

void StreamService::close(const protocol::Endpoint& bound) {
    std::erase_if(listeners_, [&](const auto& each) { return each->bound == bound; });
}

void StreamService::accept(Listener& listener, TimePoint now) {
    for (int count = 0; count < accepts_max; ++count) {
        auto accepted = net::accept_connection(listener.watch.descriptor());
        if (accepted) {
            welcome(*std::move(accepted), listener.entrance, now);
            continue;
        }
        if (net::out_of_descriptors(accepted.error())) {
            // The connection stays readable in the kernel's queue: look again with the next sweep.
            listener.watch.pause_reading();
            context_.shared.log.warning(telemetry::Area::listen,
                                        "no descriptor left for a connection",
                                        {{"reason", accepted.error().message()}});
        }
        return;
    }
}

void StreamService::welcome(net::Accepted accepted, Entrance entrance, TimePoint now) {
    auto place = context_.shared.connections.take(accepted.client.address);
    if (!place) return context_.count(Counter::tcp_refused);
    const bool has_proxy = std::ranges::any_of(
        context_.rules->settings.proxies,
        [&](const protocol::Subnet& each) { return each.contains(accepted.client.address); });
    if (!has_proxy && entrance != Entrance::automatic) {
        const auto transport =
            entrance == Entrance::secured ? protocol::Transport::tls : protocol::Transport::tcp;
        const bool taken = admit({.socket = std::move(accepted.socket),
                                  .five_tuple = {accepted.client, accepted.server, transport},
                                  .place = std::move(place),
                                  .first = {}},
                                 now) != nullptr;
        return context_.count(taken ? Counter::tcp_accepted : Counter::tcp_refused);
    }
    auto watch = std::make_unique<net::Watch>(context_.io, std::move(accepted.socket));
    if (!*watch) return context_.count(Counter::tcp_refused);
    auto newcomer = std::make_unique<Newcomer>(Newcomer::Setup{.socket = std::move(watch),
                                                               .client = accepted.client,
                                                               .server = accepted.server,
                                                               .place = std::move(place),
                                                               .entrance = entrance,
                                                               .has_proxy = has_proxy,
                                                               .now = now});
    newcomer->socket().on_readable([this, raw = newcomer.get()] { events_.arriving(*raw); });
    newcomers_.push_back(std::move(newcomer));
    context_.count(Counter::tcp_accepted);
}

void StreamService::greet(Newcomer& newcomer, Moment now) {
    switch (newcomer.read(shared_)) {
        case Newcomer::State::header:
        case Newcomer::State::first_octet:
            return;
        case Newcomer::State::broken:
            context_.count(Counter::tcp_cut_proxy_header);
            return dismiss(newcomer);
        case Newcomer::State::gone:
            context_.count(Counter::tcp_closed);
            return dismiss(newcomer);
        case Newcomer::State::known:
            break;
    }
    Arrival arrival = newcomer.leave();
    if (newcomer.renamed()) {
        arrival.place = {};  // the proxy's
        arrival.place = context_.shared.connections.take(arrival.five_tuple.client.address);
    }
    dismiss(newcomer);
    StreamClient* const client = arrival.place ? admit(std::move(arrival), now.steady) : nullptr;
    if (client == nullptr) return context_.count(Counter::tcp_refused);
    read(*client, now);
}

void StreamService::dismiss(const Newcomer& newcomer) {
    std::erase_if(newcomers_, [&](const auto& each) { return each.get() == &newcomer; });
}

StreamClient* StreamService::admit(Arrival arrival, TimePoint now) {
    const Settings& settings = context_.rules->settings;
    net::TcpConnection connection{arrival.socket.get(), settings.turn.channels,
                                  settings.stream.queue_octets_max};
    connection.begin_with(std::move(arrival.first));
    const bool secured = arrival.five_tuple.transport == protocol::Transport::tls;
    ConnectionLimits::Place handshake;
    if (secured) {
        handshake = context_.shared.handshakes.take(arrival.five_tuple.client.address);
        if (!handshake) {
            context_.count(Counter::tls_refused);
            return nullptr;
        }
        auto tls = net::TlsSession::accept(context_.shared.tls.get()->tls());
        if (!tls) return nullptr;
        connection.secure(std::move(tls));
        arrival.place.secure();
    }
    StreamClient* const client = take_in({.socket = std::move(arrival.socket),
                                          .connection = std::move(connection),
                                          .five_tuple = arrival.five_tuple,
                                          .place = std::move(arrival.place)},
                                         now);
    if (client != nullptr && secured) client->shake_hands(std::move(handshake));
    return client;
}

StreamClient* StreamService::take_in(HandedConnection connection, TimePoint now) {
    const protocol::FiveTuple five_tuple = connection.five_tuple;
    // The same five-tuple again: its old connection has ended and we have not been told yet.
    if (const auto old = clients_.find(five_tuple); old != clients_.end()) {
        end(*old->second, now);
    }
    auto watch = std::make_unique<net::Watch>(context_.io, std::move(connection.socket));
    if (!*watch) return nullptr;
    auto client = std::make_unique<StreamClient>(
        StreamClient::Setup{.socket = std::move(watch),
                            .connection = std::move(connection.connection),
                            .five_tuple = five_tuple,
                            .place = std::move(connection.place),
                            .limits = context_.rules->settings.stream,
                            .now = now},
        [this](StreamClient& changed) {
            if (std::exchange(changed.listed, true)) return;
            changed_.push_back(&changed);
            events_.changed();
        });
    StreamClient& place = *clients_.emplace(five_tuple, std::move(client)).first->second;
    place.socket().on_readable([this, &place] { events_.readable(place); });
    return &place;
}

void StreamService::adopt(HandedConnection connection, Moment now) {
    StreamClient* client = take_in(std::move(connection), now.steady);
    if (client == nullptr) return context_.count(Counter::tcp_cut_handover);
    context_.count(Counter::tcp_handed_over);
    take_messages(*client, now);
    client->flush();  // what the giver owed
    if (client->listening()) read(*client, now);
}

void StreamService::hand_over(StreamClient& client, TimePoint now) {
    const StreamClient::Destination destination = client.destination();
    HandedConnection connection = client.release();
    std::erase(changed_, &client);
    parts_.stun.forget(connection.five_tuple);
    clients_.erase(connection.five_tuple);
    if (const auto* peer = std::get_if<turn::PeerConnection>(&destination)) {
        parts_.peers.attach(std::move(connection), *peer, now);
    } else if (!parts_.post_office.hand_over(std::get<WorkerIndex>(destination),
                                             std::move(connection))) {
        context_.count(Counter::tcp_cut_handover);
    }
}

void StreamService::read(StreamClient& client, Moment now) {
    if (client.in_handshake()) return wait_for_hands(client);
    take_input(client, reads_max, now);
}

// A step of a handshake takes as long as a thousand packets. So each waits until everybody else who
// is ready has had a turn.
void StreamService::wait_for_hands(StreamClient& client) {
    client.socket().pause_reading();
    handshakes_.push_back(&client);
    if (handshakes_.size() == 1) events_.shaking_hands();
}

void StreamService::shake_hands(Moment now) {
    if (handshakes_.empty()) return;
    StreamClient& client = *handshakes_.front();
    handshakes_.pop_front();
    if (!handshakes_.empty()) events_.shaking_hands();
    if (!client.listening()) return;
    client.socket().resume_reading();
    take_input(client, 1, now);
}

void StreamService::take_input(StreamClient& client, int reads, Moment now) {
    for (int count = 0; count < reads; ++count) {
        const auto input = client.connection().read(shared_);
        if (input == TcpConnection::Input::none) return;
        if (input != TcpConnection::Input::some) return hang_up(client, input, now.steady);
        take_messages(client, now);
        if (!client.listening()) return;
    }
}

void StreamService::hang_up(StreamClient& client, TcpConnection::Input reason, TimePoint now) {
    if (reason == TcpConnection::Input::end) {
        end_allocation(client.five_tuple(), now);
        return client.half_close();
    }
    const auto* tls = client.connection().tls();
    const bool broken = tls != nullptr && tls->state() == net::TlsSession::State::failed;
    client.finish(broken ? Counter::tcp_cut_tls : Counter::tcp_closed);
}

void StreamService::take_messages(StreamClient& client, Moment now) {
    const auto* tls = client.connection().tls();
    if (client.in_handshake() && tls->state() == net::TlsSession::State::open) {
        context_.count(result_of(client, *tls));
        client.shook_hands(now.steady);
    }
    while (client.listening()) {
        const auto frame = client.connection().next();
        if (!frame) break;
        handle(client, *frame, now);
    }
    context_.outbox.flush();  // before its payloads are read over
    if (client.state() == StreamClient::State::leaving) return;  // what it does is another's matter
    if (client.connection().broken()) client.finish(Counter::tcp_cut_malformed);
    if (client.connection().overflows()) client.finish(Counter::tcp_cut_slow_reader);
    client.drained(now.steady);
    if (!client.listening()) return;
    if (const auto ended = client.connection().ended()) return hang_up(client, *ended, now.steady);
    if (client.connection().queued() != 0) client.stir();
}

void StreamService::handle(StreamClient& client, const protocol::Frame& frame, Moment now) {
    client.heard(now.steady);
    const ClientLink link = client.link();
    const ClientMessage message{.five_tuple = client.five_tuple(),
                                .link = link,
                                .octets = frame.message,
                                .packet = nullptr,
                                .now = now};
    if (frame.kind == protocol::Kind::stun) {
        parts_.stun.serve(message);
    } else {
        parts_.relay.from_channel(message);
    }
}

void StreamService::sweep(TimePoint now) {
    for (const auto& listener : listeners_) listener->watch.resume_reading();
    context_.count(Counter::tcp_cut_idle, std::erase_if(newcomers_, [&](const auto& each) {
                       return now - each->since() >= context_.rules->settings.stream.handshake;
                   }));
    for (const auto& [five_tuple, client] : clients_) {
        client->rest(now);
        const bool has_allocation = context_.routes.knows(five_tuple);
        if (const auto reason = client->due(now, has_allocation)) client->finish(*reason);
    }
}

void StreamService::end_turn(TimePoint now) {
    // Ending one may give others something to do.
    while (!changed_.empty()) {
        for (StreamClient* client : std::exchange(changed_, {})) {
            client->listed = false;
            client->flush();
            if (client->state() == StreamClient::State::over) {
                end(*client, now);
            } else if (client->state() == StreamClient::State::leaving) {
                hand_over(*client, now);
            }
        }
    }
}

void StreamService::close_all(TimePoint now) {
    newcomers_.clear();
    while (!clients_.empty()) end(*clients_.begin()->second, now);
}

void StreamService::end_allocation(const protocol::FiveTuple& five_tuple, TimePoint now) {
    effects_.clear();
    parts_.stun.forget(five_tuple);
    parts_.dispatcher.disconnected(five_tuple, effects_);
    parts_.executor.execute(effects_, now);
}

void StreamService::end(StreamClient& client, TimePoint now) {
    end_allocation(client.five_tuple(), now);
    client.connection().close();  // what is owed goes out as far as it fits
    std::erase(changed_, &client);
    std::erase(handshakes_, &client);
    if (client.in_handshake()) context_.count(result_of(client, *client.connection().tls()));
    context_.count(client.reason());
    clients_.erase(protocol::FiveTuple{client.five_tuple()});
}

}  // namespace turnpike::worker
