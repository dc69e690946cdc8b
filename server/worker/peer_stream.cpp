// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/peer_stream.hpp"

#include <algorithm>
#include <utility>

namespace turnpike::worker {

using net::Flow;
using protocol::TimePoint;
using telemetry::Counter;

namespace {

// Each way and call, so that one connection does not keep the others waiting.
constexpr int rounds_max = 16;
constexpr std::size_t round_octets = 65536;

std::optional<TimePoint> sooner(std::optional<TimePoint> one, std::optional<TimePoint> other) {
    if (!one || !other) return one ? one : other;
    return std::min(*one, *other);
}

}  // namespace

PeerStream::PeerStream(Setup setup, OnReady on_ready)
    : connection_{setup.connection},
      name_{std::move(setup.name)},
      limits_{setup.limits},
      on_ready_{std::move(on_ready)},
      state_{setup.awaited ? State::connecting : State::waiting},
      peer_{std::move(setup.peer)},
      awaited_{setup.awaited} {
    if (!peer_) return;
    peer_->on_writable([this] { on_ready_(*this); });
    if (state_ == State::connecting) peer_->wait_writable();
}

void PeerStream::connected() noexcept {
    state_ = State::waiting;
}

void PeerStream::finish(Counter reason) noexcept {
    if (state_ == State::over) return;
    state_ = State::over;
    reason_ = reason;
}

void PeerStream::join(Client client, net::PipePool& pool, TimePoint now) {
    const auto passage = client.connection.is_plain() ? net::Passage::splice : net::Passage::copy;
    client_ = std::move(client.socket);
    place_ = std::move(client.place);
    streams_.emplace(std::move(client.connection), peer_->descriptor(), passage, pool);
    client_->on_writable([this] { on_ready_(*this); });
    client_->on_readable([this] { on_ready_(*this); });
    peer_->on_readable([this] { on_ready_(*this); });
    state_ = State::joined;
    to_peer_.moved = to_client_.moved = now;
}

std::optional<turn::AwaitedConnect> PeerStream::take_awaited() noexcept {
    return std::exchange(awaited_, std::nullopt);
}

std::optional<TimePoint> PeerStream::move(const Means& means) {
    if (state_ != State::joined) return std::nullopt;
    const auto again = sooner(move(Way::to_peer, means), move(Way::to_client, means));
    if (to_peer_.stand == Stand::done && to_client_.stand == Stand::done) {
        finish(Counter::peer_closed);
    }
    watch();
    return again;
}

std::optional<TimePoint> PeerStream::move(Way way, const Means& means) {
    const bool up = way == Way::to_peer;
    Stand& stand = course(way).stand;
    for (int round = 0; round < rounds_max; ++round) {
        if (stand == Stand::done) return std::nullopt;
        if (stand == Stand::discarding) {
            discard(way, means.shared);
            return std::nullopt;
        }
        const auto allowance = up ? means.session.allowance_to_peer(means.now)
                                  : means.session.allowance_from_peer(means.now);
        // What waits for its reader has been paid for.
        if (allowance.octets == 0 && stand != Stand::writing) {
            if (allowance.again == TimePoint::max()) finish(Counter::peer_cut_limit);
            stand = Stand::resting;
            return allowance.again;
        }
        const std::size_t allowed = std::min(allowance.octets, round_octets);
        const net::Moved moved = up ? streams_->to_peer(allowed, means.shared)
                                    : streams_->to_client(allowed, means.shared);
        account(way, moved, means);
        follow(way, moved.flow);
        if (moved.flow == Flow::idle || moved.flow == Flow::blocked) return std::nullopt;
    }
    return up && streams_->has_more() ? std::optional{means.now} : std::nullopt;
}

// What was read is paid for, and what was taken is counted.
void PeerStream::account(Way way, const net::Moved& moved, const Means& means) {
    const bool up = way == Way::to_peer;
    if (moved.taken != 0 || moved.flow == Flow::ended) course(way).moved = means.now;
    means.counters.add(up ? Counter::bytes_to_peer : Counter::bytes_to_client, moved.taken);
    if (moved.read == 0) return;
    // Never more than was allowed, so it cannot fail.
    if (up) {
        (void)means.session.charge_to_peer(moved.read, means.now);
    } else {
        (void)means.session.charge_from_peer(moved.read, means.now);
    }
}

void PeerStream::follow(Way way, Flow flow) noexcept {
    Stand& stand = course(way).stand;
    switch (flow) {
        case Flow::moving:
        case Flow::idle:
            stand = Stand::reading;
            return;
        case Flow::blocked:
            stand = Stand::writing;
            return;
        case Flow::broken:
            stand = Stand::discarding;
            return;
        case Flow::ended:
            stand = Stand::done;
            return;
        case Flow::gone:
            to_peer_.stand = to_client_.stand = Stand::done;
            return;
    }
}

void PeerStream::discard(Way way, protocol::MutableBytes shared) noexcept {
    for (int round = 0; round < rounds_max; ++round) {
        const Flow flow = way == Way::to_peer ? streams_->discard_from_client(shared)
                                              : streams_->discard_from_peer(shared);
        if (flow == Flow::ended || flow == Flow::gone) return follow(way, flow);
        if (flow == Flow::idle) return;
    }
}

void PeerStream::watch() {
    const auto set = [](net::Watch& source, net::Watch& sink, Stand stand) {
        if (stand == Stand::reading || stand == Stand::discarding) {
            source.resume_reading();
        } else {
            source.pause_reading();
        }
        if (stand == Stand::writing) sink.wait_writable();
    };
    set(*client_, *peer_, to_peer_.stand);
    set(*peer_, *client_, to_client_.stand);
}

std::optional<Counter> PeerStream::due(TimePoint now) const noexcept {
    if (state_ != State::joined) return std::nullopt;
    bool waits = true;  // for senders alone
    for (const Course& each : {to_peer_, to_client_}) {
        if (each.stand == Stand::writing && now - each.moved >= limits_.not_reading) {
            return Counter::peer_cut_stalled;
        }
        waits = waits && each.stand != Stand::writing && each.stand != Stand::resting;
    }
    const bool half_closed = to_peer_.over() || to_client_.over();
    const auto still = now - std::max(to_peer_.moved, to_client_.moved);
    if (half_closed && waits && still >= limits_.half_closed) return Counter::peer_closed;
    return std::nullopt;
}

}  // namespace turnpike::worker
