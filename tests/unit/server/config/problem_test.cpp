// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/problem.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

TEST_CASE("a problem is told with its place, where it has one") {
    CHECK(Problem{"turnpike.toml:3", "realm: must not be empty"}.to_string() ==
          "turnpike.toml:3: realm: must not be empty");
    CHECK(Problem{"", "no listeners"}.to_string() == "no listeners");
}

}  // namespace
}  // namespace turnpike::config
