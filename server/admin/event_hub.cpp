// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/event_hub.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace turnpike::admin {

EventHub::EventHub(boost::asio::io_context& io, EventSource& source) : io_{io}, source_{source} {
    source_.on_event([this] {
        if (!is_waking_.exchange(true)) boost::asio::post(io_, [this] { wake(); });
    });
}

EventHub::~EventHub() {
    silence();
}

void EventHub::wake() {
    is_waking_ = false;
    for (boost::asio::steady_timer& each : timers_) each.cancel();
}

EventHub::Seat::Seat(EventHub& hub)
    : hub_{hub}, timer_{hub.timers_.emplace(hub.timers_.end(), hub.io_)} {}

EventHub::Seat::~Seat() {
    hub_.timers_.erase(timer_);
}

boost::asio::awaitable<void> EventHub::Seat::wait(std::chrono::nanoseconds longest) {
    timer_->expires_after(longest);
    static_cast<void>(
        co_await timer_->async_wait(boost::asio::as_tuple(boost::asio::use_awaitable)));
}

}  // namespace turnpike::admin
