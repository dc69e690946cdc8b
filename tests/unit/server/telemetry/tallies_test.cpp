// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/tallies.hpp"

#include <numeric>
#include <string>
#include <vector>

#include "server/telemetry/counter_rows.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

constexpr auto both = static_cast<std::size_t>(RelayFamilies::both);
constexpr auto ipv4 = static_cast<std::size_t>(RelayFamilies::ipv4);

AllocationValues values_of(const AllocationTally& tally) {
    AllocationValues values{};
    tally.add_to(values);
    return values;
}

std::uint64_t sum_of(const AllocationValues& values) {
    std::uint64_t sum = 0;
    for (const auto& row : values) sum = std::accumulate(row.begin(), row.end(), sum);
    return sum;
}

TEST_CASE("each code of an answer has a column that carries its number, and all others share one") {
    CHECK(answer_codes[answer_column(success_code)] == "200");
    for (const unsigned code : {300U, 400U, 401U, 403U, 405U, 420U, 437U, 438U, 440U, 441U, 442U,
                                443U, 446U, 447U, 486U, 500U, 508U}) {
        CHECK(answer_codes.at(answer_column(code)) == std::to_string(code));
    }
    CHECK(answer_codes.at(answer_column(699)) == "other");
}

TEST_CASE("the codes of answers are those of the error counters") {
    for (std::size_t column = 1; column < answer_codes.size(); ++column) {
        const auto row = counter_rows.at(static_cast<std::size_t>(Counter::error_300) + column - 1);
        CHECK(row.label == "code=\"" + std::string{answer_codes[column]} + "\"");
    }
}

TEST_CASE("an answer is counted once, under its method and code") {
    AnswerTally tally;
    tally.add(RequestMethod::allocate, 401);
    tally.add(RequestMethod::allocate, success_code);
    tally.add(RequestMethod::other, 599);
    AnswerValues values{};
    tally.add_to(values);
    CHECK(values[1][answer_column(401)] == 1);
    CHECK(values[1][0] == 1);
    CHECK(values[7].back() == 1);
    CHECK(request_methods[1] == "allocate");
    CHECK(request_methods[7] == "other");
}

TEST_CASE("an allocation is counted as long as it has its place") {
    AllocationTally tally;
    {
        const AllocationTally::Place udp{tally, 0, RelayFamilies::ipv4};
        const AllocationTally::Place dtls{tally, 3, RelayFamilies::both};
        CHECK(values_of(tally)[0][ipv4] == 1);
        CHECK(values_of(tally)[3][both] == 1);
    }
    CHECK(sum_of(values_of(tally)) == 0);
}

TEST_CASE("an allocation that changes is counted as what it is now, and once") {
    AllocationTally tally;
    AllocationTally::Place place{tally, 0, RelayFamilies::both};
    place = {tally, 1, RelayFamilies::ipv4};
    CHECK(values_of(tally)[1][ipv4] == 1);
    CHECK(sum_of(values_of(tally)) == 1);
}

TEST_CASE("a place that moves is counted once") {
    AllocationTally tally;
    std::vector<AllocationTally::Place> places;
    for (int count = 0; count < 20; ++count) places.emplace_back(tally, 2, RelayFamilies::ipv6);
    CHECK(sum_of(values_of(tally)) == 20);
    AllocationTally::Place last = std::move(places.back());
    places.clear();
    CHECK(sum_of(values_of(tally)) == 1);
    last = {};
    CHECK(sum_of(values_of(tally)) == 0);
}

TEST_CASE("a limit is counted by what it did") {
    LimitTally tally;
    tally.add(3, LimitEffect::refused);
    tally.add(3, LimitEffect::refused);
    tally.add(3, LimitEffect::ended);
    LimitValues values{};
    tally.add_to(values);
    CHECK(values[3] == std::array<std::uint64_t, 2>{2, 1});
    CHECK(values[2] == std::array<std::uint64_t, 2>{0, 0});
}

}  // namespace
}  // namespace turnpike::telemetry
