// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/worker.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>

#include "server/worker/acceleration.hpp"
#include "server/worker/allocation_owner.hpp"

namespace turnpike::worker {

using namespace std::chrono_literals;
using protocol::Moment;
using protocol::TimePoint;

namespace {

// How often connections are looked over and reservations that nobody redeemed are given back.
constexpr auto sweep_interval = 1s;

// How often relay sockets may be looked at before listeners get their turn.
constexpr int rounds_max = 4;

// splice(2) to a socket whose reader is gone raises SIGPIPE, and no flag of it says not to.
void ignore_broken_pipes() noexcept {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGPIPE);
    (void)::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

Moment read_clock() noexcept {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

std::optional<KernelRelay> kernel_relay(Context& context) {
    if (context.shared.acceleration == nullptr) return std::nullopt;
    return std::optional<KernelRelay>{std::in_place, context,
                                      context.shared.acceleration->parts_for(context.index)};
}

}  // namespace

template <typename Work>
void Worker::turn(Work&& work) {
    if (in_turn_) return work(now_);
    in_turn_ = true;
    now_ = read_clock();
    last_turn_.store(now_.steady.time_since_epoch().count(), std::memory_order_relaxed);
    work(now_);
    end_turn();
}

Worker::Worker(WorkerIndex index, const Shared& shared, PostOffice& post_office)
    : last_turn_{read_clock().steady.time_since_epoch().count()},
      context_{.index = index, .shared = shared, .counters = counters_},
      kernel_{kernel_relay(context_)},
      post_office_{post_office},
      wheel_{read_clock().steady},
      dispatcher_{context_.rules->settings.turn, context_.rules->authenticator,
                  context_.rules->peer_policy},
      executor_{context_, wheel_},
      visitors_{context_, post_office,
                [this](const protocol::FiveTuple& each) { return dtls_.knows(each); }},
      relay_{context_, post_office, visitors_,
             [this, effects = turn::Effects{}](const ClientMessage& message) mutable {
                 effects.clear();
                 dispatcher_.heard(message.five_tuple, effects);
                 executor_.execute(effects, message.now.steady, &message.link);
             }},
      peers_{context_,
             {dispatcher_, executor_, wheel_},
             [this](PeerStream& stream) {
                 turn([&](Moment now) { peers_.proceed(stream, now.steady); });
             }},
      relay_sockets_{context_.io, [this] { turn([this](Moment now) { serve_relays(now); }); }},
      opener_{context_, relay_sockets_, relay_events()},
      accounts_{context_,
                {dispatcher_, executor_},
                [this](const ClientMessage& message) { stun_.serve_waiting(message); }},
      stun_{context_, {dispatcher_, executor_, opener_, relay_, visitors_, peers_, accounts_}},
      dtls_{context_, {dispatcher_, executor_, stun_, relay_, visitors_, wheel_}},
      datagrams_{context_, {stun_, relay_, dtls_, visitors_}},
      streams_{
          context_, {dispatcher_, executor_, stun_, relay_, post_office, peers_}, stream_events()},
      inheritance_{context_, {dispatcher_, executor_, opener_, accounts_}},
      orders_{context_,
              {dispatcher_, executor_, accounts_, stun_, datagrams_, streams_, inheritance_,
               [this](net::FileDescriptor socket, Serves serves) {
                   listen_udp(std::move(socket), serves);
               }}},
      mail_{context_.io, post_office.bell(index)},
      timer_{context_.io},
      next_sweep_{read_clock().steady + sweep_interval} {
    if (kernel_) context_.kernel = &*kernel_;
    mail_.on_readable([this] { turn([this](Moment now) { open_mail(now); }); });
}

void Worker::serve_relays(Moment now) {
    for (int round = 0; round < rounds_max; ++round) {
        const auto ready = relay_sockets_.take();
        relay_.from_peers(ready, now.steady);
        context_.outbox.flush();  // before its buffers are received into again
        context_.inbox.clear();
        if (ready.empty()) break;
    }
}

void Worker::listen_udp(net::FileDescriptor socket, Serves serves) {
    datagrams_.listen(std::move(socket), serves, [this](DatagramService::Listener& listener) {
        turn([&](Moment now) { datagrams_.receive(listener, now); });
    });
}

void Worker::listen_tcp(net::FileDescriptor socket, Entrance entrance) {
    streams_.listen(std::move(socket), entrance);
}

void Worker::run() {
    ignore_broken_pipes();
    arm();
    context_.io.run();
}

void Worker::stop() {
    boost::asio::post(context_.io, [this] {
        turn([this](Moment now) { end_everything(now); });
        context_.io.stop();
    });
}

std::future<HandedWorker> Worker::hand_over() {
    std::promise<HandedWorker> promise;
    auto handed = promise.get_future();
    boost::asio::post(context_.io, [this, promise = std::move(promise)]() mutable {
        turn([&](Moment now) {
            open_mail(now);  // what was handed to us may still wait there
            streams_.close_listeners();
            promise.set_value(inheritance_.hand_over(now.steady));
            close(now);
        });
        context_.io.stop();
    });
    return handed;
}

void Worker::end_turn() {
    context_.outbox.flush();
    if (!context_.used_up.empty()) end_used_up();
    streams_.end_turn(now_.steady);
    dtls_.end_turn(now_.steady);
    context_.outbox.flush();
    context_.inbox.clear();
    context_.usage.flush();
    in_turn_ = false;
    if (next_wake() < armed_) arm();
}

StreamService::Events Worker::stream_events() {
    return {
        .acceptable =
            [this](StreamService::Listener& listener) {
                turn([&](Moment now) { streams_.accept(listener, now.steady); });
            },
        .arriving =
            [this](Newcomer& newcomer) {
                turn([&](Moment now) { streams_.greet(newcomer, now); });
            },
        .readable =
            [this](StreamClient& client) { turn([&](Moment now) { streams_.read(client, now); }); },
        // Behind everybody who is ready now.
        .shaking_hands =
            [this] {
                boost::asio::post(context_.io, [this] {
                    turn([this](Moment now) { streams_.shake_hands(now); });
                });
            },
        // Outside a turn it became writable: the end of this one does what is to be done.
        .changed = [this] { turn([](Moment) {}); }};
}

RelayOpener::Events Worker::relay_events() {
    return {.acceptable =
                [this](Holding& holding, protocol::Family family) {
                    turn([&](Moment now) { peers_.accept(holding.id, family, now.steady); });
                },
            .ousted = [this](protocol::AllocationId id) { oust(id); }};
}

void Worker::on_time(Moment now) {
    effects_.clear();
    for (const TimerKey& due : wheel_.advance(now.steady)) {
        switch (due.kind) {
            case TimerKind::allocation:
                dispatcher_.on_time(due.allocation(), now.steady, effects_);
                break;
            case TimerKind::association:
                dtls_.on_time(due.number, now.steady);
                break;
            case TimerKind::usage:
                executor_.report(due.allocation(), now.steady);
                break;
            case TimerKind::peer_connection:
                peers_.on_time(protocol::ConnectionId{static_cast<std::uint32_t>(due.number)},
                               now.steady);
                break;
        }
    }
    executor_.execute(effects_, now.steady);
    if (now.steady < next_sweep_) return;
    next_sweep_ = now.steady + sweep_interval;
    streams_.sweep(now.steady);
    peers_.sweep(now.steady);
    context_.shared.directory.expire(now.steady);
    visitors_.sweep(now.steady);
    if (kernel_) kernel_->look();
    if (context_.shared.accounts != nullptr) accounts_.sweep(now);
}

void Worker::oust(protocol::AllocationId id) {
    const accounts::Notice ousted = accounts::Ousted{id};
    if (owner_of(id) != context_.index) return post_office_.tell(owner_of(id), ousted);
    accounts_.receive(ousted, now_);
}

void Worker::end_used_up() {
    effects_.clear();
    for (const auto id : std::exchange(context_.used_up, {})) {
        const Holding* holding = context_.holdings.find(id);
        if (holding == nullptr) continue;
        const relay::SharedLimits* call = holding->seat->call_limits();
        const bool is_of_call = call != nullptr && call->is_exhausted();
        dispatcher_.end(id, turn::EndReason::bytes, effects_,
                        is_of_call ? auth::Limit::call_bytes : auth::Limit::bytes);
    }
    executor_.execute(effects_, now_.steady);
}

void Worker::open_mail(Moment now) {
    post_office_.collect(
        context_.index,
        [&](const relay::PeerBound& peer_bound) { relay_.from_worker(peer_bound, now.steady); },
        [&](HandedConnection&& connection) { streams_.adopt(std::move(connection), now); });
    post_office_.collect_visitors(
        context_.index, [&](VisitorMail&& mail) { datagrams_.receive(std::move(mail), now); },
        [&](const Dismissal& dismissal) { visitors_.dismiss(dismissal); });
    post_office_.collect_notices(
        context_.index, [&](const accounts::Notice& notice) { accounts_.receive(notice, now); });
    post_office_.collect_orders(context_.index,
                                [&](Order&& order) { orders_.carry_out(std::move(order), now); });
}

void Worker::end_everything(Moment now) {
    streams_.close_listeners();
    effects_.clear();
    dispatcher_.end_all(turn::EndReason::shutdown, effects_);
    executor_.execute(effects_, now.steady);
    close(now);
}

void Worker::close(Moment now) {
    streams_.close_all(now.steady);
    dtls_.close_all(now.steady);
    context_.outbox.flush();  // while there are sockets for it
    context_.usage.flush();
    datagrams_.close();
}

TimePoint Worker::next_wake() const noexcept {
    return std::min(next_sweep_, wheel_.next().value_or(TimePoint::max()));
}

void Worker::arm() {
    armed_ = next_wake();
    timer_.expires_at(armed_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const TimePoint due =
            std::exchange(armed_, TimePoint::max());  // the end of the turn sets it
        turn([&](Moment now) {
            counters_.lag.record(now.steady - due);
            on_time(now);
        });
    });
}

}  // namespace turnpike::worker
