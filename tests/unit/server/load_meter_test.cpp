// SPDX-License-Identifier: BSD-3-Clause
#include "server/load_meter.hpp"

#include "tests/support/catch.hpp"

namespace turnpike {
namespace {

using namespace std::chrono_literals;
using telemetry::Counter;

telemetry::CounterValues counters(std::initializer_list<std::pair<Counter, std::uint64_t>> rows) {
    telemetry::CounterValues values{};
    for (const auto& [counter, value] : rows) values[static_cast<std::size_t>(counter)] = value;
    return values;
}

TEST_CASE("allocations are those that were made and have not ended, for whatever reason") {
    LoadMeter meter;
    CHECK(meter
              .look(counters({{Counter::allocations_made, 20},
                              {Counter::allocations_ended_deleted, 3},
                              {Counter::allocations_ended_deadline, 4},
                              {Counter::allocations_ended_refused, 1}}),
                    {})
              .allocations == 12);
    // A worker counted its end before we had read that it was made.
    CHECK(meter.look(counters({{Counter::allocations_ended_deleted, 1}}), {}).allocations == 0);
}

TEST_CASE("rates are of both ways together, since the last look") {
    LoadMeter meter;
    const LoadMeter::TimePoint start{};
    const Load first = meter.look(counters({{Counter::bytes_to_peer, 1'000'000}}), start);
    CHECK(first.bits_per_second == 0);
    const auto later = counters({{Counter::bytes_to_peer, 1'250'000},
                                 {Counter::bytes_to_client, 250'000},
                                 {Counter::packets_to_peer, 300},
                                 {Counter::packets_to_client, 100}});
    const Load second = meter.look(later, start + 2s);
    CHECK(second.bits_per_second == 2'000'000);
    CHECK(second.packets_per_second == 200);
    CHECK(meter.look(later, start + 2s).bits_per_second == 0);  // no time went by
    CHECK(meter.look(later, start + 3s).packets_per_second == 0);
}

TEST_CASE("the line says it with units that people read") {
    CHECK(status_line({}) == "0 allocations, 0 bit/s, 0 packets/s");
    CHECK(status_line({.allocations = 1, .bits_per_second = 999, .packets_per_second = 1}) ==
          "1 allocation, 999 bit/s, 1 packets/s");
    CHECK(status_line({.allocations = 12, .bits_per_second = 3'440'000}) ==
          "12 allocations, 3.4 Mbit/s, 0 packets/s");
    CHECK(status_line({.bits_per_second = 12'000'000'000'000}).find("12000.0 Gbit/s") !=
          std::string::npos);
    CHECK(status_line({.allocations = 2}, 42s) ==
          "draining, 42 s left: 2 allocations, 0 bit/s, 0 packets/s");
}

}  // namespace
}  // namespace turnpike
