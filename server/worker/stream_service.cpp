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
    if (!context_.shared.connections.take(accepted.client.address)) {
        return context_.count(Counter::tcp_refused);
    }
    const protocol::FiveTuple five_tuple{accepted.client, accepted.server,
                                         protocol::Transport::tcp};
    // The same five-tuple again: its old connection has ended and we have not been told yet.
    if (const auto old = clients_.find(five_tuple); old != clients_.end()) {
        end(*old->second, now);
    }
    auto watch = std::make_unique<net::Watch>(context_.io, std::move(accepted.socket));
    if (!*watch) {
        context_.shared.connections.give_back(accepted.client.address);
        return context_.count(Counter::tcp_refused);
    }
    const Settings& settings = context_.shared.settings;
    auto client = std::make_unique<StreamClient>(
        std::move(watch),
        StreamClient::Setup{five_tuple, settings.turn.channels, settings.stream, now},
        [this](StreamClient& changed) {
            if (std::exchange(changed.listed, true)) return;
            changed_.push_back(&changed);
            events_.changed();
        });
    client->socket().on_readable([this, raw = client.get()] { events_.readable(*raw); });
    clients_.emplace(five_tuple, std::move(client));
    context_.count(Counter::tcp_accepted);
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
        while (const auto frame = client.connection().next()) {
            handle(client, *frame, now);
            if (client.state() == StreamClient::State::over) break;
        }
        context_.outbox.flush();  // before its payloads are read over
        if (client.connection().broken()) client.finish(Counter::tcp_cut_malformed);
        if (client.state() == StreamClient::State::over) return;
        client.drained(now.steady);
    }
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
            if (client->state() == StreamClient::State::over) end(*client, now);
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
    context_.shared.connections.give_back(client.five_tuple().client.address);
    clients_.erase(protocol::FiveTuple{client.five_tuple()});
}

}  // namespace turnpike::worker
