// SPDX-License-Identifier: BSD-3-Clause
//
// The TCP and TLS listeners and connections of one worker. Accepting and reading are bounded per
// turn, and between two steps of TLS handshakes everybody else has a turn; what a turn queues for a
// client leaves in one write at its end, and under TLS in one record. A connection that ends takes
// its allocation with it (RFC 8656 section 7.2 allows it, and nobody else could use the
// five-tuple). Owned by one worker.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "server/net/tcp_listener.hpp"
#include "server/net/watch.hpp"
#include "server/worker/context.hpp"
#include "server/worker/effect_executor.hpp"
#include "server/worker/newcomer.hpp"
#include "server/worker/packet_relay.hpp"
#include "server/worker/peer_service.hpp"
#include "server/worker/stream_client.hpp"
#include "server/worker/stun_service.hpp"

namespace turnpike::worker {

class StreamService {
public:
    struct Parts {
        turn::Dispatcher& dispatcher;
        EffectExecutor& executor;
        StunService& stun;
        PacketRelay& relay;
        const PostOffice& post_office;
        PeerService& peers;
    };
    struct Listener {
        net::Watch watch;
        Entrance entrance;
        protocol::Endpoint bound;
    };
    // Each is to call accept(), greet(), read(), shake_hands() or nothing, within a turn.
    struct Events {
        std::function<void(Listener&)> acceptable;
        std::function<void(Newcomer&)> arriving;
        std::function<void(StreamClient&)> readable;
        std::function<void()> shaking_hands;
        std::function<void()> changed;
    };

    StreamService(Context& context, const Parts& parts, Events events);

    void listen(net::FileDescriptor socket, Entrance entrance);
    // The listener that is bound there is for something else from now on, or for nothing: what it
    // has let in stays.
    void change(const protocol::Endpoint& bound, Entrance entrance);
    void close(const protocol::Endpoint& bound);
    void accept(Listener& listener, protocol::TimePoint now);
    void greet(Newcomer& newcomer, protocol::Moment now);
    void read(StreamClient& client, protocol::Moment now);
    // One step of one handshake.
    void shake_hands(protocol::Moment now);
    // A connection that another worker took, and goes on here.
    void adopt(HandedConnection connection, protocol::Moment now);
    // Cuts whoever is due, and listens again where descriptors had run out.
    void sweep(protocol::TimePoint now);
    // Writes what waits and ends who is over: the last thing of every turn.
    void end_turn(protocol::TimePoint now);
    void close_listeners() { listeners_.clear(); }
    void close_all(protocol::TimePoint now);
    [[nodiscard]] std::size_t size() const noexcept { return clients_.size(); }

private:
    void welcome(net::Accepted accepted, Entrance entrance, protocol::TimePoint now);
    void dismiss(const Newcomer& newcomer);
    // Makes a client of it. None where it cannot be taken.
    StreamClient* admit(Arrival arrival, protocol::TimePoint now);
    // None where the system has no room for it.
    StreamClient* take_in(HandedConnection connection, protocol::TimePoint now);
    void hand_over(StreamClient& client, protocol::TimePoint now);
    void take_input(StreamClient& client, int reads, protocol::Moment now);
    void take_messages(StreamClient& client, protocol::Moment now);
    void hang_up(StreamClient& client, net::TcpConnection::Input reason, protocol::TimePoint now);
    void wait_for_hands(StreamClient& client);
    void handle(StreamClient& client, const protocol::Frame& frame, protocol::Moment now);
    void end_allocation(const protocol::FiveTuple& five_tuple, protocol::TimePoint now);
    void end(StreamClient& client, protocol::TimePoint now);

    Context& context_;
    Parts parts_;
    Events events_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::vector<std::unique_ptr<Newcomer>> newcomers_;
    boost::unordered_flat_map<protocol::FiveTuple, std::unique_ptr<StreamClient>> clients_;
    std::deque<StreamClient*> handshakes_;  // with a step to take
    std::vector<StreamClient*> changed_;    // something to write, or over
    std::vector<std::byte> shared_;         // what connections read into
    turn::Effects effects_;                 // reused
};

}  // namespace turnpike::worker
