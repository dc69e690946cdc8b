// SPDX-License-Identifier: BSD-3-Clause
//
// Turns what calls a handler later, from whatever thread, into something that a coroutine waits
// for; and for no longer than its patience lasts. The loop of the coroutine outlives whoever may
// still call the handler.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace turnpike::admin {

inline constexpr std::chrono::seconds patience{15};

template <typename T, typename Resume>
struct Question {
    explicit Question(const boost::asio::any_io_executor& executor, Resume handler)
        : resume{std::move(handler)}, timer{executor} {}

    // The first answer counts.
    void settle(std::optional<T> answer) {
        if (!resume) return;
        auto once = std::move(*resume);
        resume.reset();
        timer.cancel();
        std::move(once)(std::move(answer));
    }

    std::optional<Resume> resume;
    boost::asio::steady_timer timer;
};

// What begin(handler) calls its handler with; none where it did not do so in time.
template <typename T>
[[nodiscard]] boost::asio::awaitable<std::optional<T>> asked(
    std::function<void(std::function<void(T)>)> begin) {
    const auto executor = co_await boost::asio::this_coro::executor;
    auto initiate = [executor, &begin](auto resume) {
        using Asked = Question<T, decltype(resume)>;
        // The wait of the timer owns the question: it lives and ends on this loop.
        auto question = std::make_shared<Asked>(executor, std::move(resume));
        question->timer.expires_after(patience);
        question->timer.async_wait([question](auto) { question->settle(std::nullopt); });
        begin([executor, asked = std::weak_ptr<Asked>{question}](T answer) {
            boost::asio::post(executor, [asked, answer = std::move(answer)]() mutable {
                if (const auto still = asked.lock()) still->settle(std::move(answer));
            });
        });
    };
    co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                   void(std::optional<T>)>(
        initiate, boost::asio::use_awaitable);
}

}  // namespace turnpike::admin
