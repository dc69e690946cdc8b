// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/descriptor_limit.hpp"

#include <sys/resource.h>

#include "tests/support/catch.hpp"

namespace turnpike::net {
namespace {

TEST_CASE("all the descriptors that the system lets us have are ours") {
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    const rlimit fewer{.rlim_cur = before.rlim_max / 2, .rlim_max = before.rlim_max};
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &fewer) == 0);
    raise_descriptor_limit();
    rlimit after{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &after) == 0);
    CHECK(after.rlim_cur == before.rlim_max);
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
}

}  // namespace
}  // namespace turnpike::net
