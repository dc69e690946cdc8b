// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/meters.hpp"

#include <unistd.h>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view cores =
    "cpu  100 1 50 800 40 5 4 0 7 0\n"
    "cpu0 60 1 30 400 20 5 4 0 7 0\n"
    "cpu1 40 0 20 400 20 0 0 0 0 0\n"
    "cpu10 1 1 1 1 1 1 1 1 1 1\n"
    "intr 5\n";

TEST_CASE("a core is busy but for idle and waiting for disks") {
    CHECK(parse_core_times(cores, -1) == CoreTimes{.busy = 160, .all = 1000});
    CHECK(parse_core_times(cores, 0) == CoreTimes{.busy = 100, .all = 520});
    CHECK(parse_core_times(cores, 1) == CoreTimes{.busy = 60, .all = 480});
    CHECK_FALSE(parse_core_times(cores, 2));
}

TEST_CASE("a process's time is its own and its children's, whatever its name") {
    CHECK(parse_process_ticks("42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 100 20 3 4 20 0") == 127U);
    CHECK_FALSE(parse_process_ticks("42 (short) S 1 2"));
    CHECK_FALSE(parse_process_ticks(""));
}

TEST_CASE("memory is what the process has resident") {
    CHECK(parse_resident_kilobytes("Name:\tx\nVmRSS:\t  1234 kB\nRssAnon:\t1 kB\n") == 1234U);
    CHECK_FALSE(parse_resident_kilobytes("Name:\tx\n"));
    CHECK(resident_kilobytes(getpid()).value_or(0) > 0);
}

TEST_CASE("usage is what lies between two readings") {
    Reading before{.at = 10s,
                   .server_ticks = 100,
                   .server_resident_kilobytes = 1,
                   .server_core = CoreTimes{0, 0},
                   .machine = {.busy = 0, .all = 0},
                   .own = 1s};
    Reading after{.at = 12s,
                  .server_ticks = 100 + static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK)),
                  .server_resident_kilobytes = 7,
                  .server_core = CoreTimes{90, 100},
                  .machine = {.busy = 100, .all = 400},
                  .own = 2s};
    const Usage usage = usage_between(before, after);
    CHECK(usage.seconds == Approx(2));
    CHECK(usage.server_cpu_seconds.value_or(0) == Approx(1));
    CHECK(usage.server_resident_kilobytes == 7U);
    CHECK(usage.server_core_busy.value_or(0) == Approx(0.9));
    CHECK(usage.machine_busy == Approx(0.25));
    CHECK(usage.own_cpu == Approx(0.5));
    CHECK(usage.own_busy == Approx(0.5));
}

TEST_CASE("what is not watched is not known") {
    const Reading reading = take_reading({});
    CHECK_FALSE(reading.server_ticks);
    CHECK_FALSE(reading.server_core);
    CHECK(reading.machine.all > 0);
    CHECK(take_reading({.server_pid = getpid(), .server_core = 0}).server_ticks);
}

}  // namespace
}  // namespace turnpike::bench
