// SPDX-License-Identifier: BSD-3-Clause
#include "storage/records.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage {
namespace {

using namespace std::chrono_literals;

TEST_CASE("a call ends at the earliest of its ends") {
    Call call;
    CHECK(end_of(call) == std::nullopt);
    call.seconds = 40;
    CHECK(end_of(call) == std::nullopt);  // nothing was relayed yet
    call.media_at = Time{100s};
    CHECK(end_of(call) == Time{140s});
    call.ends_at = Time{150s};
    CHECK(end_of(call) == Time{140s});
    call.ends_at = Time{130s};
    CHECK(end_of(call) == Time{130s});
    call.ended_at = Time{120s};
    CHECK(end_of(call) == Time{120s});
}

}  // namespace
}  // namespace turnpike::storage
