// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/roll_call.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using protocol::TimePoint;

struct Calls {
    RollCall<int> calls;
    std::vector<std::vector<int>> heard;
    std::vector<std::size_t> silent;

    std::uint64_t begin(std::size_t answers, TimePoint now = TimePoint{}) {
        return calls.begin(
            answers,
            [this](std::vector<int> all, std::size_t missing) {
                heard.push_back(std::move(all));
                silent.push_back(missing);
            },
            now);
    }
};

TEST_CASE("a question is answered when the last one has answered") {
    Calls s;
    const auto question = s.begin(3);
    s.calls.answer(question, 1);
    s.calls.answer(question, 2);
    CHECK(s.heard.empty());
    s.calls.answer(question, 3);
    REQUIRE(s.heard.size() == 1);
    CHECK(s.heard[0] == std::vector<int>{1, 2, 3});
    CHECK(s.silent == std::vector<std::size_t>{0});
    CHECK(s.calls.size() == 0);
}

TEST_CASE("two questions at a time are kept apart") {
    Calls s;
    const auto one = s.begin(1);
    const auto other = s.begin(1);
    s.calls.answer(other, 20);
    s.calls.answer(one, 10);
    CHECK(s.heard == std::vector<std::vector<int>>{{20}, {10}});
}

TEST_CASE("who does not answer in time is left out and counted, and is too late afterwards") {
    Calls s;
    const auto question = s.begin(2);
    s.calls.answer(question, 1);
    s.calls.on_time(TimePoint{} + RollCall<int>::patience - 1ms);
    CHECK(s.heard.empty());
    s.calls.on_time(TimePoint{} + RollCall<int>::patience);
    CHECK(s.heard == std::vector<std::vector<int>>{{1}});
    CHECK(s.silent == std::vector<std::size_t>{1});
    s.calls.answer(question, 2);
    CHECK(s.heard.size() == 1);
}

TEST_CASE("with nobody to ask there is an answer at once") {
    Calls s;
    (void)s.begin(0);
    CHECK(s.heard == std::vector<std::vector<int>>{{}});
}

}  // namespace
}  // namespace turnpike::worker
