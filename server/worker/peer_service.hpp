// SPDX-License-Identifier: BSD-3-Clause
//
// The peer data connections of one worker's TCP allocations (RFC 6062): tries those that clients
// ask for, accepts those that peers open, joins them to the connections that clients bind, and
// moves what they carry. Nothing here waits for a peer. Owned by one worker.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "protocol/time.hpp"
#include "server/net/pipe_pool.hpp"
#include "server/net/tcp_listener.hpp"
#include "server/turn/dispatcher.hpp"
#include "server/worker/context.hpp"
#include "server/worker/effect_executor.hpp"
#include "server/worker/timer_wheel.hpp"

namespace turnpike::worker {

class PeerService {
public:
    struct Parts {
        turn::Dispatcher& dispatcher;
        EffectExecutor& executor;
        TimerWheel& wheel;
    };
    // `on_ready` is to call proceed() within a turn.
    PeerService(Context& context, const Parts& parts, PeerStream::OnReady on_ready);

    // The answer comes when the peer has answered, or has not in time.
    void connect(const turn::ConnectPeer& wish, protocol::TimePoint now);
    // Whoever waits at the relayed address of this family, up to a bound.
    void accept(protocol::AllocationId id, protocol::Family family, protocol::TimePoint now);
    // The client's end of this connection: its ConnectionBind succeeded.
    void attach(HandedConnection client, const turn::PeerConnection& connection,
                protocol::TimePoint now);
    // ... but the client's end was gone by then.
    void abandon(const turn::PeerConnection& connection, protocol::TimePoint now) {
        end(connection, now);
    }
    void proceed(PeerStream& stream, protocol::TimePoint now);
    // What the rate held back.
    void on_time(protocol::ConnectionId id, protocol::TimePoint now);
    // Cuts what stands still, and listens again where descriptors had run out.
    void sweep(protocol::TimePoint now);

private:
    void open(PeerStream& stream, protocol::TimePoint now);
    void arrive(const Holding& holding, net::Accepted accepted, protocol::TimePoint now);
    // False where the client cannot be told.
    [[nodiscard]] static bool announce(const Holding& holding,
                                       const turn::PeerConnection& connection);
    [[nodiscard]] std::unique_ptr<net::Watch> dial(const turn::ConnectPeer& wish);
    void end(const turn::PeerConnection& connection, protocol::TimePoint now);

    Context& context_;
    Parts parts_;
    PeerStream::OnReady on_ready_;
    net::PipePool pipes_;
    std::vector<std::byte> shared_;  // what is copied goes through it
    std::vector<std::pair<protocol::AllocationId, protocol::Family>> paused_;  // listeners
    turn::Effects effects_;                                                    // reused
};

}  // namespace turnpike::worker
