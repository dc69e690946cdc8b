// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/kernel.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::doctor {
namespace {

TEST_CASE("the kernel is told, and nothing is held against it") {
    CHECK(judge_kernel({.release = "6.1.0-amd64", .segments_udp = true}) ==
          Findings{well("kernel", "Linux 6.1.0-amd64; segments UDP: yes, coalesces UDP: no")});
}

TEST_CASE("this kernel has a release") {
    CHECK_FALSE(gather_kernel().release.empty());
}

}  // namespace
}  // namespace turnpike::doctor
