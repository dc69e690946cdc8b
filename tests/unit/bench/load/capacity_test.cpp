// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/capacity.hpp"

#include <unistd.h>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("what gives out first decides how many calls there can be") {
    const CallCost cost{.cpu_seconds = 0.01, .memory_kilobytes = 10, .descriptors = 2, .ports = 2};
    Supply supply{.cores = 2, .memory_kilobytes = 1e6, .descriptors = 1e6, .ports = 16384};
    Capacity capacity = capacity_of(cost, supply);
    CHECK(capacity.calls == 150);
    CHECK(capacity.gives_out_first == "core");
    CHECK(capacity.by_limit.at("ports") == 8192);
    supply.descriptors = 100;
    capacity = capacity_of(cost, supply);
    CHECK(capacity.calls == 50);
    CHECK(capacity.gives_out_first == "descriptors");
}

TEST_CASE("what calls do not need limits nothing") {
    const Capacity capacity = capacity_of({.ports = 2}, {.ports = 10});
    CHECK(capacity.calls == 5);
    CHECK(capacity.by_limit.size() == 1);
}

TEST_CASE("memory and descriptors are read from what the kernel says") {
    CHECK(parse_available_kilobytes("MemTotal: 9 kB\nMemAvailable:    1234 kB\n") == 1234U);
    CHECK_FALSE(parse_available_kilobytes("MemTotal: 9 kB\n"));
    CHECK(parse_descriptors_max(
              "Limit  Soft Limit\nMax open files            1024  4096 files\n") == 1024U);
    CHECK(available_kilobytes() > 0);
    CHECK(descriptors_of(getpid()).value_or(0) > 0);
    CHECK(descriptors_max_of(getpid()).value_or(0) > 0);
    CHECK_FALSE(descriptors_of(-1));
}

}  // namespace
}  // namespace turnpike::bench
