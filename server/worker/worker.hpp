// SPDX-License-Identifier: BSD-3-Clause
//
// One thread with everything that it owns: its listeners, allocations, relay sockets, connections
// and timers. Every wake-up is a turn: the clock is read, something bounded is handled, and what
// came of it is sent before the next one. Other threads reach it through its mailbox and stop().
#pragma once

#include <atomic>
#include <future>

#include <boost/asio/steady_timer.hpp>

#include "server/net/watch.hpp"
#include "server/turn/dispatcher.hpp"
#include "server/worker/context.hpp"
#include "server/worker/datagram_service.hpp"
#include "server/worker/effect_executor.hpp"
#include "server/worker/inheritance.hpp"
#include "server/worker/kernel_relay.hpp"
#include "server/worker/order_desk.hpp"
#include "server/worker/packet_relay.hpp"
#include "server/worker/peer_service.hpp"
#include "server/worker/post_office.hpp"
#include "server/worker/relay_opener.hpp"
#include "server/worker/stream_service.hpp"
#include "server/worker/stun_service.hpp"
#include "server/worker/timer_wheel.hpp"

namespace turnpike::worker {

class Worker {
public:
    // The references outlive the worker. The post office has a mailbox for it.
    Worker(WorkerIndex index, const Shared& shared, PostOffice& post_office);

    // Bound sockets, before run().
    void listen_udp(net::FileDescriptor socket, Serves serves);
    void listen_tcp(net::FileDescriptor socket, Entrance entrance = Entrance::plain);

    // The body of its thread: serves until stop(), then ends every allocation and returns.
    void run();
    // From any thread, and once: what hangs on no connection is handed over instead.
    void stop();
    [[nodiscard]] std::future<HandedWorker> hand_over();

    [[nodiscard]] const telemetry::WorkerCounters& counters() const noexcept { return counters_; }
    // When its last turn began; a loop that is well turns each second or so. Any thread.
    [[nodiscard]] protocol::TimePoint last_turn() const noexcept {
        return protocol::TimePoint{
            protocol::TimePoint::duration{last_turn_.load(std::memory_order_relaxed)}};
    }

private:
    // Runs work(now) as one turn, or as part of the turn that is running.
    template <typename Work>
    void turn(Work&& work);
    void end_turn();
    [[nodiscard]] RelayOpener::Events relay_events();
    void serve_relays(protocol::Moment now);
    [[nodiscard]] StreamService::Events stream_events();
    void on_time(protocol::Moment now);
    void oust(protocol::AllocationId id);
    void end_used_up();
    void open_mail(protocol::Moment now);
    void end_everything(protocol::Moment now);
    void close(protocol::Moment now);
    [[nodiscard]] protocol::TimePoint next_wake() const noexcept;
    void arm();

    telemetry::WorkerCounters counters_;
    std::atomic<protocol::TimePoint::rep> last_turn_;  // read by any thread
    Context context_;
    std::optional<KernelRelay> kernel_;
    PostOffice& post_office_;
    TimerWheel wheel_;
    turn::Dispatcher dispatcher_;
    EffectExecutor executor_;
    VisitorDesk visitors_;
    PacketRelay relay_;
    PeerService peers_;
    net::Poller relay_sockets_;
    RelayOpener opener_;
    AccountDesk accounts_;
    StunService stun_;
    DtlsService dtls_;
    DatagramService datagrams_;
    StreamService streams_;
    Inheritance inheritance_;
    OrderDesk orders_;
    net::Watch mail_;
    boost::asio::steady_timer timer_;
    protocol::TimePoint armed_;  // when timer_ fires
    protocol::TimePoint next_sweep_;
    bool in_turn_ = false;
    protocol::Moment now_;   // of the turn
    turn::Effects effects_;  // reused
};

}  // namespace turnpike::worker
