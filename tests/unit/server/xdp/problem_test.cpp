// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/problem.hpp"

#include <cerrno>

#include "tests/support/catch.hpp"

namespace turnpike::xdp {
namespace {

TEST_CASE("a problem says what was tried and what the system thinks of it") {
    const int number = GENERATE(EPERM, -EPERM);
    const Problem found = problem(number, "loading");
    CHECK(found.error == boost::system::errc::operation_not_permitted);
    CHECK(found.text == "loading: Operation not permitted");
}

}  // namespace
}  // namespace turnpike::xdp
