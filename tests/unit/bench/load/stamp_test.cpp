// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/stamp.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("a stamp is read as it was written, and the payload behind it stays") {
    std::array<std::byte, stamp_octets + 4> payload{};
    payload.back() = std::byte{0x5A};
    const Stamp stamp{.run = 0xFFFFFFFF,
                      .lane = 7,
                      .sequence = std::uint64_t{1} << 40U,
                      .sent = std::chrono::nanoseconds{123'456'789'012'345}};
    write_stamp(payload, stamp);
    CHECK(read_stamp(payload) == stamp);
    CHECK(payload.back() == std::byte{0x5A});
}

TEST_CASE("a payload that is too short has no stamp") {
    const std::array<std::byte, stamp_octets - 1> payload{};
    CHECK_FALSE(read_stamp(payload));
    CHECK_FALSE(read_stamp({}));
}

TEST_CASE("the clock does not go back") {
    const auto before = monotonic_now();
    CHECK(monotonic_now() >= before);
}

}  // namespace
}  // namespace turnpike::bench
