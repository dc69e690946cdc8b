// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/log_tap.hpp"

#include <algorithm>
#include <limits>
#include <thread>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

std::vector<std::string> texts(const std::vector<TapLine>& lines) {
    std::vector<std::string> out;
    for (const auto& [number, json] : lines) out.push_back(std::to_string(number) + json);
    return out;
}

using Texts = std::vector<std::string>;

TEST_CASE("lines are numbered from 1 and read on from the last that one has") {
    LogTap tap{10};
    CHECK(tap.tail(0, 10).empty());
    for (const auto* const line : {"a", "b", "c"}) tap.add(line);
    CHECK(texts(tap.tail(0, 10)) == Texts{"1a", "2b", "3c"});
    CHECK(texts(tap.tail(0, 2)) == Texts{"1a", "2b"});
    CHECK(texts(tap.tail(2, 10)) == Texts{"3c"});
    CHECK(tap.tail(3, 10).empty());
    CHECK(tap.tail(0, 0).empty());
}

TEST_CASE("only the last lines are kept, and a reader that was away sees a gap in the numbers") {
    LogTap tap{3};
    for (const auto* const line : {"a", "b", "c", "d", "e"}) tap.add(line);
    CHECK(texts(tap.tail(0, 10)) == Texts{"3c", "4d", "5e"});
    CHECK(texts(tap.tail(1, 1)) == Texts{"3c"});
    CHECK(texts(tap.tail(4, 10)) == Texts{"5e"});
}

TEST_CASE("a number of an earlier run is as good as none") {
    LogTap tap{3};
    CHECK(tap.tail(77, 10).empty());
    tap.add("a");
    CHECK(texts(tap.tail(77, 10)) == Texts{"1a"});
    CHECK(texts(tap.tail(std::numeric_limits<std::uint64_t>::max(), 10)) == Texts{"1a"});
}

TEST_CASE("a tap of no lines keeps none") {
    LogTap tap{0};
    tap.add("a");
    CHECK(tap.tail(0, 10).empty());
}

TEST_CASE(
    "who follows is called after each line, may read then, and is called no more when it ends") {
    LogTap tap{3};
    std::vector<std::string> seen;
    std::uint64_t last = 0;
    tap.on_line([&] {
        for (const auto& [number, json] : tap.tail(last, 10)) {
            seen.push_back(json);
            last = number;
        }
    });
    tap.add("a");
    tap.add("b");
    tap.on_line({});
    tap.add("c");
    CHECK(seen == Texts{"a", "b"});
}

TEST_CASE("lines of several threads each get a number of their own") {
    LogTap tap{1000};
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&tap] {
            for (int line = 0; line < 100; ++line) {
                tap.add("x");
                static_cast<void>(tap.tail(0, 10));
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    const auto lines = tap.tail(0, 1000);
    REQUIRE(lines.size() == 400);
    CHECK(std::ranges::is_sorted(lines, std::ranges::less{}, &TapLine::number));
    CHECK(lines.back().number == 400);
}

}  // namespace
}  // namespace turnpike::telemetry
