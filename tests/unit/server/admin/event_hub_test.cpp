// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/event_hub.hpp"

#include "tests/support/admin_scenario.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using namespace std::chrono_literals;

struct Waiters {
    boost::asio::io_context io{1};
    test::FakeEvents source;
    EventHub hub{io, source};
    int woken = 0;

    void wait(EventHub::Seat& seat, std::chrono::nanoseconds longest) {
        boost::asio::co_spawn(io, seat.wait(longest),
                              [this](const std::exception_ptr&) { ++woken; });
        io.poll();
        io.restart();
    }
};

TEST_CASE("everybody who waits is woken by an event, once for many") {
    Waiters all;
    EventHub::Seat one{all.hub};
    EventHub::Seat other{all.hub};
    all.wait(one, 1h);
    all.wait(other, 1h);
    CHECK(all.woken == 0);
    for (int turn = 0; turn < 5; ++turn) all.source.happens("{}");
    CHECK(all.io.poll() < 10);
    CHECK(all.woken == 2);
}

TEST_CASE("who waits long enough goes on without an event") {
    Waiters all;
    EventHub::Seat seat{all.hub};
    all.wait(seat, 1ms);
    all.io.run();
    CHECK(all.woken == 1);
}

TEST_CASE("there are so many places, and one that is left is free again") {
    Waiters all;
    {
        std::list<EventHub::Seat> seats;
        while (!all.hub.is_full()) seats.emplace_back(all.hub);
        CHECK(seats.size() == EventHub::streams_max);
    }
    CHECK_FALSE(all.hub.is_full());
}

TEST_CASE("a silent hub is woken by nothing any more") {
    Waiters all;
    all.hub.silence();
    CHECK_FALSE(all.source.is_watched());
}

}  // namespace
}  // namespace turnpike::admin
