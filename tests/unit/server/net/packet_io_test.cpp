// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/packet_io.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::net {
namespace {

TEST_CASE("the best way is the one with offload, where the kernel has it") {
    CHECK(best_packet_io() == (has_offload() ? PacketIo::offload : PacketIo::mmsg));
}

TEST_CASE("each way is called what the configuration calls it") {
    CHECK(to_string(PacketIo::plain) == "plain");
    CHECK(to_string(PacketIo::mmsg) == "mmsg");
    CHECK(to_string(PacketIo::offload) == "offload");
}

TEST_CASE("a buffer holds the longest datagram, and the longest burst with room around each part") {
    CHECK(buffer_octets >=
          protocol::packet_headroom + datagram_octets_max + protocol::packet_tailroom);
    CHECK(buffer_octets >= datagram_octets_max + burst_segments_max * segment_room);
}

}  // namespace
}  // namespace turnpike::net
