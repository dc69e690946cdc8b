// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/counters.hpp"

#include <set>
#include <string>
#include <utility>

#include "server/telemetry/counter_rows.hpp"
#include "server/telemetry/counters.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

static_assert(error_counter(438) == Counter::error_438);
static_assert(error_counter(699) == Counter::error_other);

TEST_CASE("a sum takes every counter of every worker, past four gigabytes") {
    Counters first;
    Counters second;
    first.add(Counter::bytes_to_peer, 0xFFFF'FFFFU);
    second.add(Counter::bytes_to_peer, 2);
    second.add(Counter::tcp_closed);
    const std::array<const Counters*, 2> workers{&first, &second};
    const CounterValues total = sum(workers);
    CHECK(total[static_cast<std::size_t>(Counter::bytes_to_peer)] == 0x1'0000'0001U);
    CHECK(total[static_cast<std::size_t>(Counter::tcp_closed)] == 1);
    CHECK(total[static_cast<std::size_t>(Counter::packets_to_peer)] == 0);
}

TEST_CASE("no two counters carry the same name and label, and each says what it is") {
    std::set<std::pair<std::string_view, std::string_view>> seen;
    for (const CounterRow& row : counter_rows) {
        INFO(row.name << "{" << row.label << "}");
        CHECK(seen.emplace(row.name, row.label).second);
        CHECK(row.name.starts_with("turnpike_"));
        CHECK(row.name.ends_with("_total"));
        CHECK_FALSE(row.help.empty());
    }
}

TEST_CASE("an error code is counted under a row that shows the code") {
    for (const unsigned code : {300U, 400U, 401U, 403U, 405U, 420U, 437U, 438U, 440U, 441U, 442U,
                                443U, 446U, 447U, 486U, 500U, 508U}) {
        const CounterRow& row = counter_rows.at(static_cast<std::size_t>(error_counter(code)));
        CHECK(row.label == "code=\"" + std::to_string(code) + "\"");
    }
}

}  // namespace
}  // namespace turnpike::telemetry
