// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/repeat_filter.hpp"

#include <array>
#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

using namespace std::chrono_literals;
using Key = RepeatFilter::Key;
using TimePoint = RepeatFilter::TimePoint;

constexpr TimePoint start{1h};
constexpr Key lost{Area::storage, Level::error, "database lost"};
constexpr Key made{Area::session, Level::info, "allocation made"};

// How many of as many were admitted, all at once.
std::uint64_t admitted(RepeatFilter& filter, const Key& key, std::uint64_t times, TimePoint now) {
    std::uint64_t count = 0;
    for (std::uint64_t each = 0; each < times; ++each) count += filter.admits(key, now) ? 1U : 0U;
    return count;
}

TEST_CASE("two hundred allocations in a second are each written, second after second") {
    RepeatFilter filter;
    for (auto now = start; now < start + 60s; now += 5ms) REQUIRE(filter.admits(made, now));
    CHECK(filter.next_deadline() == TimePoint::max());
}

TEST_CASE("what comes too often is counted, and the count is told when the window is over") {
    RepeatFilter filter;
    const std::uint64_t most = RepeatFilter::lines_max(Area::storage);
    CHECK(admitted(filter, lost, 1234, start) == most);
    CHECK(filter.next_deadline() == start + RepeatFilter::window);
    CHECK(filter.on_time(start + RepeatFilter::window - 1ns).empty());
    const auto counts = filter.on_time(start + RepeatFilter::window);
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].key == lost);
    CHECK(counts[0].count == 1234 - most);
    CHECK(counts[0].length == RepeatFilter::window);
    CHECK(filter.next_deadline() == TimePoint::max());
    CHECK(filter.on_time(start + 1h).empty());
}

TEST_CASE("after its window an event is written again") {
    RepeatFilter filter;
    const std::uint64_t most = RepeatFilter::lines_max(Area::storage);
    CHECK(admitted(filter, lost, most, start) == most);
    CHECK(admitted(filter, lost, most, start + RepeatFilter::window) == most);
    CHECK_FALSE(filter.admits(lost, start + RepeatFilter::window));
    CHECK(filter.on_time(start + 2 * RepeatFilter::window).size() == 1);
    CHECK(filter.admits(lost, start + 2 * RepeatFilter::window));
}

TEST_CASE("a count that nobody has fetched goes on counting and loses nothing") {
    RepeatFilter filter;
    const std::uint64_t most = RepeatFilter::lines_max(Area::storage);
    admitted(filter, lost, most + 1, start);
    CHECK_FALSE(filter.admits(lost, start + 1min));
    const auto counts = filter.on_time(start + 1min);
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].count == 2);
    CHECK(counts[0].length == 1min);
}

TEST_CASE("the same event of another level or area, and another event, are counted apart") {
    RepeatFilter filter;
    admitted(filter, lost, 1000, start);
    CHECK(filter.admits({Area::storage, Level::warning, "database lost"}, start));
    CHECK(filter.admits({Area::server, Level::error, "database lost"}, start));
    CHECK(filter.admits({Area::storage, Level::error, "database found"}, start));
    // Equal text is the same event, wherever its octets stand.
    const std::string copy{lost.event};
    CHECK_FALSE(filter.admits({Area::storage, Level::error, copy}, start));
}

TEST_CASE("the windows of two events end each at its own time") {
    RepeatFilter filter;
    const Key found{Area::storage, Level::info, "database connected"};
    admitted(filter, lost, 1000, start);
    admitted(filter, found, 1000, start + 2s);
    const auto first = filter.on_time(start + RepeatFilter::window);
    REQUIRE(first.size() == 1);
    CHECK(first[0].key == lost);
    CHECK(filter.next_deadline() == start + 2s + RepeatFilter::window);
    const auto second = filter.on_time(start + 2s + RepeatFilter::window);
    REQUIRE(second.size() == 1);
    CHECK(second[0].key == found);
}

TEST_CASE("no refused row of usage is left out: each is a bill") {
    RepeatFilter filter;
    const Key refused{Area::usage, Level::error, "the database refuses a row of usage for good"};
    CHECK(admitted(filter, refused, 5000, start) == 5000);
}

TEST_CASE("at the end all counts are told, of windows that are not over too") {
    RepeatFilter filter;
    admitted(filter, lost, 1000, start);
    const auto counts = filter.take_all(start + 1s);
    REQUIRE(counts.size() == 1);
    CHECK(counts[0].length == 1s);
    CHECK(filter.take_all(start + 1s).empty());
}

TEST_CASE(
    "memory is constant: of more events than the table holds, quiet ones give way to busy ones") {
    RepeatFilter filter;
    std::array<std::string, 300> names;
    for (std::size_t index = 0; index < names.size(); ++index) names[index] = std::to_string(index);
    for (const std::string& name : names) {
        CHECK(filter.admits({Area::tls, Level::info, name}, start));  // beyond the table: no limit
    }
    const auto later = start + RepeatFilter::window;
    for (const std::string& name : names) {
        const Key key{Area::tls, Level::info, name};
        CHECK(admitted(filter, key, 1000, later) >= RepeatFilter::lines_max(Area::tls));
    }
    std::uint64_t told = 0;
    for (const auto& each : filter.on_time(later + RepeatFilter::window)) told += each.count;
    CHECK(told == 128 * (1000 - RepeatFilter::lines_max(Area::tls)));
}

}  // namespace
}  // namespace turnpike::telemetry
