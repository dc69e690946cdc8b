// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/asked.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <thread>

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using Handler = std::function<void(int)>;

struct Asker {
    boost::asio::io_context io{1};
    std::optional<std::optional<int>> answer;

    void ask(std::function<void(Handler)> begin) {
        boost::asio::co_spawn(
            io, asked<int>(std::move(begin)),
            [this](const std::exception_ptr&, std::optional<int> it) { answer = it; });
    }
};

TEST_CASE("an answer at once is an answer") {
    Asker asker;
    asker.ask([](const Handler& handler) { handler(7); });
    asker.io.run();
    CHECK(asker.answer == std::optional{7});
}

TEST_CASE("an answer by another thread comes back to the loop, and a second one is nothing") {
    Asker asker;
    Handler kept;
    std::thread other;
    asker.ask([&](Handler handler) {
        kept = handler;
        other = std::thread{[handler = std::move(handler)] {
            handler(1);
            handler(2);
        }};
    });
    asker.io.run();
    other.join();
    CHECK(asker.answer == std::optional{1});
    kept(3);
    asker.io.restart();
    asker.io.poll();
    CHECK(asker.answer == std::optional{1});
}

TEST_CASE("a loop that goes while somebody is asked takes the question with it") {
    Handler kept;
    {
        Asker asker;
        asker.ask([&](Handler handler) { kept = std::move(handler); });
        asker.io.poll();
        CHECK_FALSE(asker.answer.has_value());
    }
    kept = {};
    SUCCEED();
}

}  // namespace
}  // namespace turnpike::admin
