// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/probe.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "server/admin/asked.hpp"

namespace turnpike::admin {

boost::asio::awaitable<Readiness> Probe::ask(protocol::TimePoint now) {
    constexpr auto as_tuple = boost::asio::as_tuple(boost::asio::use_awaitable);
    if (answered_) {
        static_cast<void>(co_await answered_->async_wait(as_tuple));
        co_return last_.value_or(Readiness{.reason = "nothing is known yet"});
    }
    if (last_ && now - asked_at_ < good_for) co_return *last_;
    asked_at_ = now;
    answered_.emplace(co_await boost::asio::this_coro::executor,
                      boost::asio::steady_timer::time_point::max());
    auto answer = co_await asked<Readiness>(
        [this](Handler<Readiness> handler) { backend_.probe(std::move(handler)); });
    last_ = answer.value_or(Readiness{.reason = "the server does not answer"});
    answered_.reset();  // wakes who waits
    co_return *last_;
}

}  // namespace turnpike::admin
