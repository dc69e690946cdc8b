// SPDX-License-Identifier: BSD-3-Clause
//
// The programs of wire.bpf.c in the kernel: by single frames, and on a cable.
#include "bench/wire/program.hpp"

#include <chrono>
#include <limits>

#include "bench/load/failure.hpp"
#include "bench/load/histogram.hpp"
#include "bench/load/stamp.hpp"
#include "bench/wire/frame.hpp"
#include "bench/wire/neighbour.hpp"
#include "tests/support/bench_frame.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/own_network.hpp"

namespace turnpike::wire {
namespace {

using namespace std::chrono_literals;
using test::bench_frame;
using test::FrameShape;

constexpr std::uint32_t run = 0x12345678;
constexpr std::uint64_t for_ever = std::numeric_limits<std::uint64_t>::max();

struct Load {
    FrameShape shape;
    Frame frame = *parse_frame(bench_frame(shape));
    Program program;

    explicit Load(const FrameShape& wanted, std::size_t lanes = 1)
        : shape{wanted},
          program{{.frame_octets = static_cast<std::uint32_t>(bench_frame(wanted).size()),
                   .checksum_at = frame.checksum_at,
                   .stamp_at = frame.payload_at,
                   .arrival_at = frame.payload_at},
                  std::vector<WireLane>(lanes, lane_of(bench_frame(wanted), frame))} {
        program.begin({.number = run, .end_ns = for_ever});
    }
    std::optional<bench::Stamp> stamp(std::span<const std::byte> octets) const {
        return bench::read_stamp(octets.subspan(frame.payload_at));
    }
};

TEST_CASE("frames carry stamps, lane after lane, and their checksums are right") {
    for (const FrameShape& shape : {FrameShape{false, false, 172}, FrameShape{false, true, 33},
                                    FrameShape{true, true, 172}}) {
        Load load{shape, 2};
        const std::uint32_t lanes[] = {0, 1, 0};
        for (std::uint64_t each = 0; each < 3; ++each) {
            const auto octets = load.program.sample();
            const auto stamp = load.stamp(octets);
            REQUIRE(stamp);
            CHECK(stamp->run == run);
            CHECK(stamp->lane == lanes[each]);
            CHECK(stamp->sequence == each / 2);
            CHECK(stamp->sent <= bench::monotonic_now());
            CHECK(test::has_right_checksum(octets, shape.v6));
        }
        CHECK(load.program.sent() == 3);
    }
}

TEST_CASE("nothing is sent before it is due, nor after the end") {
    Load load{{}};
    const auto now = static_cast<std::uint64_t>(bench::monotonic_now().count());
    load.program.begin(
        {.number = run, .packets_per_second = 1e-3, .start_ns = now, .end_ns = for_ever});
    for (int each = 0; each < 3; ++each) (void)load.program.sample();
    CHECK(load.program.sent() == 1);
    load.program.begin({.number = run, .end_ns = now});
    (void)load.program.sample();
    CHECK(load.program.sent() == 0);
}

TEST_CASE("the sink tells what came late from what came twice") {
    Load load{{}};
    std::vector<std::vector<std::byte>> frames;
    for (int each = 0; each < 200; ++each) frames.push_back(load.program.sample());
    for (const std::size_t each : {0U, 2U, 1U, 1U, 2U, 199U, 150U, 150U, 3U}) {
        CHECK(load.program.keeps(frames[each]));
    }
    const WireTally tally = load.program.tally();
    CHECK(tally.delivered == 6);
    CHECK(tally.reordered == 3);  // 1, 150, and 3, too late to be known again
    CHECK(tally.duplicated == 3);
    CHECK(tally.octets == 6 * frames[0].size());
}

TEST_CASE("the sink lets pass what is not of this run") {
    Load load{{}};
    const auto octets = load.program.sample();
    CHECK(load.program.keeps(octets));
    CHECK_FALSE(load.program.keeps(bench_frame({})));
    CHECK_FALSE(load.program.keeps(std::span{octets}.first(60)));
    load.program.begin({.number = run + 1, .end_ns = for_ever});
    CHECK_FALSE(load.program.keeps(octets));
    CHECK(load.program.tally().delivered == 0);
}

TEST_CASE("the sink counts durations as a histogram does") {
    for (const std::chrono::nanoseconds before :
         {std::chrono::nanoseconds{100s}, 900'000'000'000ns}) {
        Load load{{}};
        auto octets = load.program.sample();
        const auto sent = bench::monotonic_now() - before;
        bench::write_stamp(std::span{octets}.subspan(load.frame.payload_at),
                           {.run = run, .lane = 0, .sequence = 5, .sent = sent});
        REQUIRE(load.program.keeps(octets));
        const auto longest = bench::monotonic_now() - sent;
        const WireTally tally = load.program.tally();
        bench::Histogram histogram;
        histogram.add(
            std::vector<std::uint64_t>{std::begin(tally.latency), std::end(tally.latency)});
        CHECK(histogram.count() == 1);
        CHECK(histogram.quantile(1) >= before * 98 / 100);
        CHECK(histogram.quantile(1) <= longest * 102 / 100);
    }
}

TEST_CASE("what is sent through one end of a cable is counted at the other") {
    const test::OwnNetwork network;
    Load load{{.channel = true}, 3};
    load.program.send_through(network.near());
    load.program.collect_at(network.far());
    const auto now = static_cast<std::uint64_t>(bench::monotonic_now().count());
    load.program.begin(
        {.number = run, .packets_per_second = 1000, .start_ns = now, .end_ns = for_ever});
    load.program.generate(20ms);
    CHECK(load.program.sent() > 0);
    const auto patience = bench::monotonic_now() + 20s;
    while (load.program.tally().delivered < load.program.sent()) {
        REQUIRE(bench::monotonic_now() < patience);
    }
    CHECK(load.program.tally().duplicated == 0);
}

TEST_CASE("what only forwards is attached to both sides") {
    const test::OwnNetwork network;
    const auto near = neighbour_of("near=02:00:00:00:00:02");
    const auto far = neighbour_of("far=02:00:00:00:00:01");
    Program program{way_between(near, far), way_between(far, near)};
    program.forward_at(network.near());
    program.forward_at(network.far());
    CHECK_THROWS_AS(program.forward_at(network.far()), bench::BadStart);
    CHECK_THROWS_AS(program.forward_at(12'345), bench::BadStart);
}

}  // namespace
}  // namespace turnpike::wire
