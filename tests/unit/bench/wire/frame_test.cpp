// SPDX-License-Identifier: BSD-3-Clause
#include "bench/wire/frame.hpp"

#include "tests/support/bench_frame.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::wire {
namespace {

using test::bench_frame;

TEST_CASE("a payload is found behind IPv4 and IPv6, bare and in a channel") {
    struct Row {
        bool v6;
        bool channel;
        std::uint32_t checksum_at;
        std::uint32_t payload_at;
    };
    for (const Row& row : {Row{false, false, 40, 42}, Row{false, true, 40, 46},
                           Row{true, false, 60, 62}, Row{true, true, 60, 66}}) {
        const auto frame = parse_frame(bench_frame({.v6 = row.v6, .channel = row.channel}));
        REQUIRE(frame);
        CHECK(frame->checksum_at == row.checksum_at);
        CHECK(frame->payload_at == row.payload_at);
    }
}

TEST_CASE("what only begins like a channel's number is a payload") {
    auto octets = bench_frame({.channel = true});
    octets[45] = std::byte{7};  // the length
    CHECK(parse_frame(octets)->payload_at == 42);
}

TEST_CASE("other frames are nobody's") {
    const auto good = bench_frame({});
    const auto changed = [&](std::size_t at, unsigned value) {
        auto octets = good;
        octets[at] = static_cast<std::byte>(value);
        return octets;
    };
    CHECK(parse_frame(good));
    CHECK_FALSE(parse_frame(changed(13, 0x06)));  // ARP
    CHECK_FALSE(parse_frame(changed(14, 0x46)));  // options
    CHECK_FALSE(parse_frame(changed(23, 6)));     // TCP
    CHECK_FALSE(parse_frame(changed(39, 1)));     // another length
    CHECK_FALSE(parse_frame(std::span{good}.first(41)));
    CHECK_FALSE(parse_frame({}));
}

TEST_CASE("a lane begins as its frame did") {
    const auto octets = bench_frame({.channel = true});
    const auto lane = lane_of(octets, *parse_frame(octets));
    for (std::size_t at = 0; at < wire_head_octets_max; ++at) {
        CHECK(lane.head[at] == (at < 46 ? std::to_integer<unsigned>(octets[at]) : 0));
    }
    CHECK(lane.next == 0);
}

}  // namespace
}  // namespace turnpike::wire
