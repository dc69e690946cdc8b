// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/timetable.hpp"

#include <map>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

std::map<std::uint32_t, std::size_t> packets_until(Timetable& table, std::chrono::nanoseconds end) {
    std::map<std::uint32_t, std::size_t> packets;
    while (const auto due = table.take(end)) packets[due->lane] += due->packets;
    return packets;
}

TEST_CASE("each lane keeps its own rhythm") {
    Timetable table{{{.interval = 20ms}, {.interval = 100ms, .packets = 3}}, 5s};
    CHECK_FALSE(table.take(4'999ms));
    const auto packets = packets_until(table, 6s - 1ns);
    CHECK(packets.at(0) == 50);
    CHECK(packets.at(1) == 30);
    CHECK(table.next_due() >= 6s);
}

TEST_CASE("of so many turns one is a key frame") {
    Timetable table{{{.interval = 10ms, .packets = 2, .key_every = 10, .key_packets = 12}}, 0ns};
    CHECK(table.take(0ns) == Timetable::Due{0, 12});
    CHECK(table.take(10ms) == Timetable::Due{0, 2});
    CHECK(packets_until(table, 999ms).at(0) == 300 - 14);
}

TEST_CASE("lanes of one rhythm do not begin at once") {
    Timetable table{std::vector<StreamShape>(100, {.interval = 100ms}), 0ns};
    CHECK(packets_until(table, 9ms).size() <= 12);
    CHECK(packets_until(table, 99'999us).size() >= 85);
}

TEST_CASE("without lanes nothing is ever due") {
    Timetable table{{}, 0ns};
    CHECK_FALSE(table.take(1h));
    CHECK(table.next_due() == std::chrono::nanoseconds::max());
}

}  // namespace
}  // namespace turnpike::bench
