// SPDX-License-Identifier: BSD-3-Clause
//
// Wakes the streams of events when there is one: the source calls from any thread, the streams wait
// on the admin thread, and many events at once wake them once. At most `streams_max` of them. The
// admin thread's, which has ended before this goes.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "server/admin/event_source.hpp"

namespace turnpike::admin {

class EventHub {
public:
    static constexpr std::size_t streams_max = 16;

    // Both outlive it.
    EventHub(boost::asio::io_context& io, EventSource& source);
    ~EventHub();
    EventHub(const EventHub&) = delete;
    EventHub& operator=(const EventHub&) = delete;

    // From now on nobody is woken, and nothing reaches the loop.
    void silence() { source_.on_event({}); }

    [[nodiscard]] EventSource& source() noexcept { return source_; }

    // One stream's place, while it lives.
    class Seat {
    public:
        explicit Seat(EventHub& hub);
        ~Seat();
        Seat(const Seat&) = delete;
        Seat& operator=(const Seat&) = delete;

        // Until there is an event, or for so long. What comes between two waits is seen by who asks
        // the source after the first.
        [[nodiscard]] boost::asio::awaitable<void> wait(std::chrono::nanoseconds longest);

    private:
        EventHub& hub_;
        std::list<boost::asio::steady_timer>::iterator timer_;
    };
    [[nodiscard]] bool is_full() const noexcept { return timers_.size() >= streams_max; }

private:
    void wake();

    // Constant after construction.
    boost::asio::io_context& io_;
    EventSource& source_;
    // The admin thread's.
    std::list<boost::asio::steady_timer> timers_;
    // Everybody's: a wake-up is on its way.
    std::atomic<bool> is_waking_{false};
};

}  // namespace turnpike::admin
