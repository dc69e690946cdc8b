// SPDX-License-Identifier: BSD-3-Clause
//
// One client's DTLS association: its session, its deadlines, and the way back to it. It never ends
// itself, because those who write to it may be in the middle of a batch: it says that it is over,
// and DtlsService ends it when the turn does. Owned by one worker.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/net/dtls_cookie.hpp"
#include "server/net/dtls_session.hpp"
#include "server/telemetry/counters.hpp"
#include "server/worker/client_link.hpp"
#include "server/worker/connection_limits.hpp"
#include "server/worker/handed_association.hpp"
#include "server/worker/relay_directory.hpp"
#include "server/worker/settings.hpp"

namespace turnpike::worker {

class DtlsClient final : public StreamWriter {
public:
    enum class State : std::uint8_t {
        handshaking,
        talking,  // messages both ways
        leaving,  // to be handed to another worker, behind the message that is being handled
        over,     // to be ended with the turn
    };

    struct Setup {
        protocol::FiveTuple five_tuple;
        ClientLink path;           // of the datagrams
        std::uint64_t number = 0;  // of its deadline
        net::DtlsCookie hello;     // which the hello that began it returned
        DtlsSettings limits;
        bool is_guest = false;  // its datagrams come by another worker
        protocol::TimePoint now;
    };
    // Called once, when it is over.
    using OnOver = std::function<void(DtlsClient&)>;

    DtlsClient(const Setup& setup, Outbox& outbox, OnOver on_over);

    // False where the client's datagram, whose cookie is good, begins no handshake.
    [[nodiscard]] bool begin(SSL_CTX& context, protocol::Bytes hello);
    // ... or goes on, where another worker has shaken hands.
    void adopt(HandedAssociation handed);
    // What came from the client. True where it has completed the handshake.
    bool receive(protocol::Bytes datagram);
    // The next message, written to `buffer`.
    [[nodiscard]] std::optional<std::size_t> next(protocol::MutableBytes buffer);

    void answer(protocol::Bytes message) override;
    [[nodiscard]] bool relay(protocol::Bytes message) override;
    void mark(std::uint8_t traffic_class) noexcept override { traffic_class_ = traffic_class; }
    void leave(WorkerIndex owner) override;
    // Only once: the worker that its datagrams come to knows of one other.
    [[nodiscard]] bool can_leave() const noexcept override { return !setup_.is_guest; }
    [[nodiscard]] bool attach(const turn::PeerConnection& /*connection*/) override {
        return false;  // only streams are joined
    }

    void heard(protocol::TimePoint now) noexcept { heard_ = now; }
    // What leaves, once. Nothing else may be asked of this client afterwards.
    [[nodiscard]] HandedAssociation release();
    // Why is what a counter says; the first reason stays.
    void finish(telemetry::Counter reason);
    // Says goodbye where there is somebody to hear it.
    void close() noexcept { session_->close(); }

    // A deadline has come, or seems to.
    void on_time(protocol::TimePoint now, bool has_allocation);
    [[nodiscard]] protocol::TimePoint next_deadline(protocol::TimePoint now) noexcept;

    [[nodiscard]] bool began_with(protocol::Bytes cookie) const noexcept;
    [[nodiscard]] bool has_more() noexcept { return session_->has_more(); }
    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] telemetry::Counter reason() const noexcept { return reason_; }
    [[nodiscard]] WorkerIndex owner() const noexcept { return owner_; }  // where it leaves
    [[nodiscard]] const protocol::FiveTuple& five_tuple() const noexcept {
        return setup_.five_tuple;
    }
    [[nodiscard]] std::uint64_t number() const noexcept { return setup_.number; }
    [[nodiscard]] const ClientLink& link() const noexcept { return link_; }
    // That its datagrams leave by.
    [[nodiscard]] int socket() const noexcept { return setup_.path.socket; }
    // Held as long as it lives, and as long as its handshake is under way.
    ConnectionLimits::Place association;
    ConnectionLimits::Place handshake;

private:
    void look_at_session();
    [[nodiscard]] net::DatagramBio::Send sender();

    // Constant after construction.
    Setup setup_;
    Outbox& outbox_;
    OnOver on_over_;
    ClientLink link_;
    // Owned by the worker.
    std::unique_ptr<net::DtlsSession> session_;
    State state_ = State::handshaking;
    WorkerIndex owner_ = 0;
    telemetry::Counter reason_ = telemetry::Counter::dtls_closed;
    protocol::TimePoint heard_;       // the last message, or the beginning
    std::uint8_t traffic_class_ = 0;  // of what is being sent
    bool kept_ = false;               // by an allocation, when last asked
};

}  // namespace turnpike::worker
