// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/stream_client.hpp"

#include <utility>

namespace turnpike::worker {

using protocol::TimePoint;
using telemetry::Counter;

namespace {

// Media comes more often.
constexpr auto silence = std::chrono::seconds{1};

}  // namespace

StreamClient::StreamClient(Setup setup, OnChange on_change)
    : five_tuple_{setup.five_tuple},
      limits_{setup.limits},
      on_change_{std::move(on_change)},
      socket_{std::move(setup.socket)},
      connection_{std::move(setup.connection)},
      place_{std::move(setup.place)},
      heard_{setup.now},
      half_since_{setup.now},
      read_since_{setup.now} {
    socket_->on_writable([this] { on_change_(*this); });
}

void StreamClient::answer(protocol::Bytes message) {
    if (state_ == State::over) return;
    if (!connection_.queue_answer(message)) return finish(Counter::tcp_cut_slow_reader);
    stir();
}

bool StreamClient::relay(protocol::Bytes message) {
    if (!listening()) return false;
    if (!connection_.queue_data(message)) return false;
    stir();
    return true;
}

void StreamClient::shake_hands(ConnectionLimits::Place place) {
    state_ = State::shaking_hands;
    handshake_ = std::make_unique<ConnectionLimits::Place>(std::move(place));
}

void StreamClient::shook_hands(TimePoint now) noexcept {
    state_ = State::fresh;
    handshake_.reset();
    heard_ = now;
}

void StreamClient::heard(TimePoint now) noexcept {
    if (state_ == State::fresh) state_ = State::talking;
    heard_ = now;
    half_ = false;
}

void StreamClient::drained(TimePoint now) noexcept {
    if (!connection_.has_half_message()) {
        half_ = false;
    } else if (!half_) {
        half_ = true;
        half_since_ = now;
    }
}

void StreamClient::half_close() {
    if (!listening()) return;
    state_ = State::half_closed;
    socket_->pause_reading();
    stir();
}

void StreamClient::leave(WorkerIndex owner) {
    if (!listening()) return;
    connection_.take_back();
    depart(owner);
}

bool StreamClient::attach(const turn::PeerConnection& connection) {
    if (!listening()) return false;
    connection_.detach();
    depart(connection);
    return true;
}

void StreamClient::depart(const Destination& destination) {
    state_ = State::leaving;
    destination_ = std::make_unique<Destination>(destination);
    socket_->pause_reading();
    stir();
}

HandedConnection StreamClient::release() {
    return {socket_->release(), std::move(connection_), five_tuple_, std::move(place_)};
}

void StreamClient::finish(Counter reason) {
    if (state_ == State::over) return;
    state_ = State::over;
    reason_ = reason;
    socket_->pause_reading();
    stir();
}

void StreamClient::flush() {
    if (state_ == State::over || state_ == State::leaving) return;
    switch (connection_.flush()) {
        case net::TcpConnection::Output::done:
            if (state_ == State::half_closed) finish(Counter::tcp_closed);
            return;
        case net::TcpConnection::Output::blocked:
            return socket_->wait_writable();
        case net::TcpConnection::Output::failed:
            return finish(Counter::tcp_closed);
    }
}

void StreamClient::rest(TimePoint now) noexcept {
    if (connection_.written() == written_ && now - heard_ >= silence) connection_.rest();
}

std::optional<Counter> StreamClient::due(TimePoint now, bool has_allocation) noexcept {
    if (connection_.queued() == 0 || connection_.written() != written_) {
        written_ = connection_.written();
        read_since_ = now;
    }
    if (now - read_since_ >= limits_.not_reading) return Counter::tcp_cut_slow_reader;
    if (half_ && now - half_since_ >= limits_.half_message) return Counter::tcp_cut_idle;
    if (state_ == State::shaking_hands && now - heard_ >= limits_.handshake) {
        return Counter::tcp_cut_idle;
    }
    if (state_ == State::fresh && now - heard_ >= limits_.first_message) {
        return Counter::tcp_cut_idle;
    }
    if (!has_allocation && now - heard_ >= limits_.idle) return Counter::tcp_cut_idle;
    return std::nullopt;
}

}  // namespace turnpike::worker
