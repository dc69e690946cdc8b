// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/lane.hpp"

#include <array>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("a frame is header and payload, and padding where there is some") {
    const std::array<std::byte, 4> header{std::byte{0x40}, {}, {}, std::byte{5}};
    Lane lane;
    lane.set_header(header, 173, false);
    CHECK(lane.frame_octets == 177);
    CHECK(lane.header[3] == std::byte{5});
    lane.set_header(header, 173, true);
    CHECK(lane.frame_octets == 180);
    lane.set_header({}, 24, false);
    CHECK(lane.header_octets == 0);
    CHECK(lane.frame_octets == 24);
}

}  // namespace
}  // namespace turnpike::bench
