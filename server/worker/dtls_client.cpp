// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/dtls_client.hpp"

#include <algorithm>
#include <utility>

namespace turnpike::worker {

using net::DtlsSession;
using protocol::TimePoint;
using telemetry::Counter;

DtlsClient::DtlsClient(const Setup& setup, Outbox& outbox, OnOver on_over)
    : setup_{setup},
      outbox_{outbox},
      on_over_{std::move(on_over)},
      link_{.client = setup_.five_tuple.client, .source = {}, .stream = this},
      heard_{setup_.now} {}

bool DtlsClient::begin(SSL_CTX& context, protocol::Bytes hello) {
    session_ = DtlsSession::accept(context, hello, sender());
    return session_ != nullptr && session_->state() == DtlsSession::State::handshaking;
}

void DtlsClient::adopt(HandedAssociation handed) {
    setup_.hello = handed.hello;
    association = std::move(handed.place);
    session_ = std::move(handed.session);
    session_->redirect(sender());
    state_ = State::talking;
}

net::DatagramBio::Send DtlsClient::sender() {
    return [this](protocol::Bytes datagram) {
        const ClientLink& path = setup_.path;
        outbox_.send_copy({path.socket, path.client, path.source, datagram, traffic_class_});
    };
}

bool DtlsClient::receive(protocol::Bytes datagram) {
    if (state_ == State::over) return false;
    session_->receive(datagram);
    look_at_session();
    if (state_ != State::handshaking || session_->state() != DtlsSession::State::open) return false;
    state_ = State::talking;
    return true;
}

std::optional<std::size_t> DtlsClient::next(protocol::MutableBytes buffer) {
    if (state_ == State::over) return std::nullopt;
    const auto octets = session_->next(buffer);
    look_at_session();
    return octets;
}

void DtlsClient::look_at_session() {
    if (session_->state() == DtlsSession::State::closed) finish(Counter::dtls_closed);
    if (session_->state() == DtlsSession::State::failed) finish(Counter::dtls_failed);
}

void DtlsClient::answer(protocol::Bytes message) {
    (void)relay(message);
}

bool DtlsClient::relay(protocol::Bytes message) {
    if (state_ != State::talking) return false;
    const bool sent = session_->send(message);
    traffic_class_ = 0;
    look_at_session();
    return sent;
}

void DtlsClient::leave(WorkerIndex owner) {
    if (state_ != State::talking) return;
    state_ = State::leaving;
    owner_ = owner;
}

HandedAssociation DtlsClient::release() {
    session_->redirect([](protocol::Bytes /*datagram*/) {});
    return {std::move(session_), setup_.hello, std::move(association)};
}

void DtlsClient::finish(Counter reason) {
    if (state_ == State::over) return;
    state_ = State::over;
    reason_ = reason;
    on_over_(*this);
}

void DtlsClient::on_time(TimePoint now, bool has_allocation) {
    kept_ = has_allocation;
    if (state_ == State::handshaking) {
        if (now - setup_.now >= setup_.limits.handshake) return finish(Counter::dtls_cut_handshake);
        session_->on_time();
        look_at_session();
    } else if (state_ == State::talking && !kept_ && now - heard_ >= setup_.limits.idle) {
        finish(Counter::dtls_cut_idle);
    }
}

TimePoint DtlsClient::next_deadline(TimePoint now) noexcept {
    if (state_ != State::handshaking) return (kept_ ? now : heard_) + setup_.limits.idle;
    const TimePoint last = setup_.now + setup_.limits.handshake;
    const auto wait = session_->until_retransmission();
    return wait ? std::min(last, now + *wait) : last;
}

bool DtlsClient::began_with(protocol::Bytes cookie) const noexcept {
    return std::ranges::equal(cookie, setup_.hello);
}

}  // namespace turnpike::worker
