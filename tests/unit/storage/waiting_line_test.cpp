// SPDX-License-Identifier: BSD-3-Clause
#include "storage/waiting_line.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage {
namespace {

using namespace std::chrono_literals;

TEST_CASE("answers come in the order of asking, and who waited too long has been told") {
    WaitingLine line;
    const WaitingLine::Clock::time_point now{};
    std::string told;
    const auto ask = [&told](char name) { return [&told, name](const auto&) { told += name; }; };
    CHECK(line.next_deadline() == WaitingLine::Clock::time_point::max());
    CHECK(line.first_deadline() == WaitingLine::Clock::time_point::max());
    line.push(ask('a'), now + 1s);
    line.push(ask('b'), now + 2s);
    line.push(ask('c'), now + 3s);
    CHECK(line.overdue(now + 999ms).empty());
    for (const auto& handler : line.overdue(now + 2s)) handler(std::vector<Rows>{});
    CHECK(told == "ab");
    CHECK(line.overdue(now + 2s).empty());
    CHECK(line.size() == 3);
    CHECK(line.next_deadline() == now + 3s);
    CHECK(line.first_deadline() == now + 1s);
    CHECK_FALSE(line.pop());
    CHECK_FALSE(line.pop());
    line.pop()(std::vector<Rows>{});
    CHECK(told == "abc");
    CHECK(line.empty());
}

TEST_CASE("when all leave, those who were not told yet are handed out") {
    WaitingLine line;
    const WaitingLine::Clock::time_point now{};
    line.push([](const auto&) {}, now + 1s);
    line.push([](const auto&) {}, now + 2s);
    CHECK(line.overdue(now + 1s).size() == 1);
    CHECK(line.take_all().size() == 1);
    CHECK(line.empty());
}

}  // namespace
}  // namespace turnpike::storage
