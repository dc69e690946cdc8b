// SPDX-License-Identifier: BSD-3-Clause
#include "server/telemetry/process.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>

#include <fcntl.h>

#include "tests/support/catch.hpp"

namespace turnpike::telemetry {
namespace {

// proc(5), as a kernel writes it.
constexpr std::string_view line =
    "412 (turn (a) b) S 1 412 412 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 5 0 98765 1 2 3";

TEST_CASE("the fields of a process are found behind a name that looks like fields itself") {
    const auto stat = parse_stat(line);
    REQUIRE(stat);
    CHECK(stat->threads == 5);
    CHECK(stat->started_ticks == 98765);
}

TEST_CASE("a line that ends early says nothing") {
    CHECK_FALSE(parse_stat(""));
    CHECK_FALSE(parse_stat("412 turnpike S 1"));
    CHECK_FALSE(parse_stat(line.substr(0, line.find("98765"))));
}

TEST_CASE("a process knows what it has") {
    const ProcessMetrics before = read_process();
    CHECK(before.resident_bytes > 0);
    CHECK(before.virtual_bytes > before.resident_bytes);
    CHECK(before.threads >= 1);
    CHECK(before.descriptors >= 3);
    CHECK(before.descriptors_max >= before.descriptors);
    CHECK(before.cpu.count() > 0);
    const int descriptor = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(descriptor >= 0);
    CHECK(read_process().descriptors == before.descriptors + 1);
    ::close(descriptor);
    CHECK(read_process().descriptors == before.descriptors);
}

TEST_CASE("a process began before now, and at one time whenever it is asked") {
    const ProcessMetrics first = read_process();
    CHECK(first.started <= std::chrono::system_clock::now());
    CHECK(first.started > std::chrono::system_clock::now() - std::chrono::days{1});
    CHECK(read_process().started == first.started);
}

}  // namespace
}  // namespace turnpike::telemetry
