// SPDX-License-Identifier: BSD-3-Clause
//
// One client's connection: its stream, its deadlines, and what it still has to be told. It never
// closes itself, because those who write to it may be in the middle of a batch: it says that it is
// over, and StreamService ends it when the turn does. Owned by one worker.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <variant>

#include "protocol/address.hpp"
#include "protocol/time.hpp"
#include "server/net/tcp_connection.hpp"
#include "server/net/watch.hpp"
#include "server/telemetry/counters.hpp"
#include "server/worker/client_link.hpp"
#include "server/worker/handed_connection.hpp"
#include "server/worker/relay_directory.hpp"
#include "server/worker/settings.hpp"

namespace turnpike::worker {

class StreamClient final : public StreamWriter {
public:
    enum class State : std::uint8_t {
        shaking_hands,  // TLS is not open yet, so that no message can come
        fresh,          // no whole message yet
        talking,        // messages both ways
        half_closed,    // the client sends no more; what is owed still goes out
        leaving,        // to be handed to another worker, or to a peer, with the turn
        over,           // to be ended with the turn
    };
    // Something waits to be written, or can be again, or the client is over.
    using OnChange = std::function<void(StreamClient&)>;

    struct Setup {
        std::unique_ptr<net::Watch> socket;
        net::TcpConnection connection;  // of that socket
        protocol::FiveTuple five_tuple;
        ConnectionLimits::Place place;
        StreamSettings limits;
        protocol::TimePoint now;
    };
    StreamClient(Setup setup, OnChange on_change);

    void answer(protocol::Bytes message) override;
    [[nodiscard]] bool relay(protocol::Bytes message) override;
    void leave(WorkerIndex owner) override;
    [[nodiscard]] bool attach(const turn::PeerConnection& connection) override;

    // What follows is a handshake of TLS, which has this place among all that are under way.
    void shake_hands(ConnectionLimits::Place place);
    // It is done: the time for a first message begins.
    void shook_hands(protocol::TimePoint now) noexcept;

    // A whole message came.
    void heard(protocol::TimePoint now) noexcept;
    // All that was there has been read.
    void drained(protocol::TimePoint now) noexcept;
    void half_close();
    // What leaves, once. Nothing else may be asked of this client afterwards.
    [[nodiscard]] HandedConnection release();
    // Why is what a counter says; the first reason stays.
    void finish(telemetry::Counter reason);
    void flush();

    // Between turns: a client that has been silent, and was told nothing, needs less memory.
    void rest(protocol::TimePoint now) noexcept;

    // What is due at `now`, as the counter of its reason.
    [[nodiscard]] std::optional<telemetry::Counter> due(protocol::TimePoint now,
                                                        bool has_allocation) noexcept;

    [[nodiscard]] State state() const noexcept { return state_; }
    // Its messages are still taken.
    [[nodiscard]] bool listening() const noexcept {
        return state_ == State::shaking_hands || state_ == State::fresh || state_ == State::talking;
    }
    // The handshake is not done, or never was.
    [[nodiscard]] bool in_handshake() const noexcept { return handshake_ != nullptr; }
    [[nodiscard]] telemetry::Counter reason() const noexcept { return reason_; }
    // Where it leaves to: a worker, or a peer of this one.
    using Destination = std::variant<WorkerIndex, turn::PeerConnection>;
    [[nodiscard]] const Destination& destination() const noexcept { return *destination_; }
    [[nodiscard]] const protocol::FiveTuple& five_tuple() const noexcept { return five_tuple_; }
    [[nodiscard]] ClientLink link() noexcept {
        return {.client = five_tuple_.client, .source = {}, .stream = this};
    }
    [[nodiscard]] net::TcpConnection& connection() noexcept { return connection_; }
    [[nodiscard]] net::Watch& socket() noexcept { return *socket_; }
    // Set while it stands in the service's list of those with something to do.
    bool listed = false;

    // Says so once more: TLS has something to write.
    void stir() { on_change_(*this); }

private:
    void depart(const Destination& destination);

    // Constant after construction.
    protocol::FiveTuple five_tuple_;
    StreamSettings limits_;
    OnChange on_change_;
    // Owned by the worker.
    std::unique_ptr<net::Watch> socket_;
    net::TcpConnection connection_;
    ConnectionLimits::Place place_;
    std::unique_ptr<ConnectionLimits::Place> handshake_;  // of a handshake that is under way
    std::unique_ptr<Destination> destination_;            // of who leaves
    State state_ = State::fresh;
    telemetry::Counter reason_ = telemetry::Counter::tcp_closed;
    std::uint64_t written_ = 0;       // as of read_since_
    protocol::TimePoint heard_;       // the last whole message, or the beginning
    protocol::TimePoint half_since_;  // where there is a half message
    protocol::TimePoint read_since_;  // the client took something, or nothing waited
    bool half_ = false;
};

}  // namespace turnpike::worker
