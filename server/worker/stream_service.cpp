// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/stream_service.hpp"

#include <utility>

namespace turnpike::worker {

using net::TcpConnection;
using protocol::Moment;
using protocol::TimePoint;
using telemetry::Counter;

namespace {

constexpr std::size_t shared_octets = 65536;
constexpr int accepts_max = 64;  // per listener and turn
constexpr int reads_max = 4;     // per connection and turn

}  // namespace

StreamService::StreamService(Context& context, const Parts& parts, Events events)
    : context_{context}, parts_{parts}, events_{std::move(events)}, shared_(shared_octets) {}

void StreamService::listen(net::FileDescriptor socket) {
    auto watch = std::make_unique<net::Watch>(context_.io, std::move(socket));
    watch->on_readable([this, raw = watch.get()] { events_.acceptable(*raw); });
    listeners_.push_back(std::move(watch));
}

void StreamService::accept(net::Watch& listener, TimePoint now) {
    for (int count = 0; count < accepts_max; ++count) {
        auto accepted = net::accept_connection(listener.descriptor());
        if (accepted) {
            welcome(*std::move(accepted), now);
            continue;
        }
        if (net::out_of_descriptors(accepted.error())) {
            // The connection stays readable in the kernel's queue: look again with the next sweep.
            listener.pause_reading();
            context_.shared.log.warning("no descriptor left for a connection",
                                        {{"reason", accepted.error().message()}});
        }
        return;
    }
}

void StreamService::welcome(net::Accepted accepted, TimePoint now) {
    auto place = context_.shared.connections.take(accepted.client.address);
    if (!place) return context_.count(Counter::tcp_refused);
    const Settings& settings = context_.shared.settings;
    net::TcpConnection connection{accepted.socket.get(), settings.turn.channels,
                                  settings.stream.queue_octets_max};
    const bool taken =
        take_in({.socket = std::move(accepted.socket),
                 .connection = std::move(connection),
                 .five_tuple = {accepted.client, accepted.server, protocol::Transport::tcp},
                 .place = std::move(place)},
                now) != nullptr;
    context_.count(taken ? Counter::tcp_accepted : Counter::tcp_refused);
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
                            .limits = context_.shared.settings.stream,
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

void StreamService::hand_over(StreamClient& client) {
    const WorkerIndex owner = client.owner();
    HandedConnection connection = client.release();
    std::erase(changed_, &client);
    clients_.erase(connection.five_tuple);
    if (!parts_.post_office.hand_over(owner, std::move(connection))) {
        context_.count(Counter::tcp_cut_handover);
    }
}

void StreamService::read(StreamClient& client, Moment now) {
    for (int count = 0; count < reads_max; ++count) {
        switch (client.connection().read(shared_)) {
            case TcpConnection::Input::some:
                break;
            case TcpConnection::Input::none:
                return;
            case TcpConnection::Input::end:
                end_allocation(client.five_tuple(), now.steady);
                return client.half_close();
            case TcpConnection::Input::failed:
                return client.finish(Counter::tcp_closed);
        }
        take_messages(client, now);
        if (!client.listening()) return;
    }
}

void StreamService::take_messages(StreamClient& client, Moment now) {
    while (client.listening()) {
        const auto frame = client.connection().next();
        if (!frame) break;
        handle(client, *frame, now);
    }
    context_.outbox.flush();  // before its payloads are read over
    if (client.connection().broken()) client.finish(Counter::tcp_cut_malformed);
    client.drained(now.steady);
}

void StreamService::handle(StreamClient& client, const protocol::Frame& frame, Moment now) {
    client.heard(now.steady);
    const ClientMessage message{.five_tuple = client.five_tuple(),
                                .link = client.link(),
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
    for (const auto& listener : listeners_) listener->resume_reading();
    for (const auto& [five_tuple, client] : clients_) {
        const bool has_allocation = context_.routes.find(five_tuple) != nullptr;
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
                hand_over(*client);
            }
        }
    }
}

void StreamService::close_all(TimePoint now) {
    while (!clients_.empty()) end(*clients_.begin()->second, now);
}

void StreamService::end_allocation(const protocol::FiveTuple& five_tuple, TimePoint now) {
    effects_.clear();
    parts_.dispatcher.disconnected(five_tuple, effects_);
    parts_.executor.execute(effects_, now);
}

void StreamService::end(StreamClient& client, TimePoint now) {
    end_allocation(client.five_tuple(), now);
    (void)client.connection().flush();  // what is owed and still fits
    std::erase(changed_, &client);
    context_.count(client.reason());
    clients_.erase(protocol::FiveTuple{client.five_tuple()});
}

}  // namespace turnpike::worker
