// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/network_namespace.hpp"

#include <thread>

#include "bench/load/failure.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("without a name the work is done right here") {
    std::thread::id there;
    in_namespace("", [&] { there = std::this_thread::get_id(); });
    CHECK(there == std::this_thread::get_id());
}

TEST_CASE("a namespace that is not there is said, and nothing is done") {
    bool done = false;
    CHECK_THROWS_AS(in_namespace("turnpike-none", [&] { done = true; }), BadStart);
    CHECK_FALSE(done);
}

}  // namespace
}  // namespace turnpike::bench
