// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// What the generator and the sink in the kernel and turnpike-bench say to each other: the values of
// maps. Both sides include this; C and C++ alike. Times are nanoseconds of CLOCK_MONOTONIC.
#pragma once

#include <linux/types.h>

#ifdef __cplusplus
namespace turnpike::wire {
#else
#define static_assert _Static_assert
#endif

enum {
    wire_lanes_max = 65536,
    wire_head_octets_max = 72,  // Ethernet, IPv6, UDP, ChannelData: 66, in whole numbers of 64 bits
    // Behind every stamp stand so many zeros: whoever relays may have moved the payload where it lay,
    // and the kernel gives the same memory to the next packet.
    wire_zero_octets = 8,
    // Of bench::Histogram.
    wire_linear_bits = 6,
    wire_buckets = (42 - wire_linear_bits + 1) << wire_linear_bits,
};

// A frame up to where the stamp begins. In front of it nothing differs between packets but the UDP
// checksum.
struct WireLane {
    __u8 head[wire_head_octets_max];
    __u32 sum;  // of what the UDP checksum is of, without the stamp (RFC 1071)
    __u32 unused;
    __u64 next;  // sequence
};
static_assert(sizeof(struct WireLane) == 88, "the kernel's and user space's must be the same");

// What the generator does, and how far it is. User space writes it between its runs.
struct WirePlan {
    __u64 start_ns;
    __u64 end_ns;
    // When the next packet is due, since the start, and how much later the one after it: nanoseconds
    // times 65536. 0: as fast as it goes.
    __u64 due;
    __u64 interval;
    __u64 sent;
    __u32 run;
    __u32 lanes;
    __u32 turn;  // the lane that is next
    __u32 unused;
};
static_assert(sizeof(struct WirePlan) == 56, "the kernel's and user space's must be the same");

// A generator that was kept from sending forgives what it owes beyond this: as a flood it would say
// more of the queues than of the server.
#define WIRE_DEBT_MAX (200000ULL << 16)

// What the sink saw of a lane.
struct WireArrival {
    __u64 next;  // one above the highest that came
    __u64 seen;  // of the 64 below it, the highest in the lowest bit
};

// Of one CPU.
struct WireTally {
    __u64 delivered;
    __u64 octets;  // of frames
    __u64 reordered;
    __u64 duplicated;
    __u64 latency[wire_buckets];
};

// What a `forward` writes in front of what came through one interface, and the other one.
struct WireWay {
    __u32 from;
    __u32 to;
    __u8 destination[6];
    __u8 source[6];
};

// Where things are in the frames of a load.
struct WireShape {
    __u32 frame_octets;
    __u32 checksum_at;  // of UDP, as the frame leaves
    __u32 stamp_at;     // as it leaves
    __u32 arrival_at;   // the stamp, as the frame arrives
};

// What the programs take for constant; written before they are loaded.
struct WireConstants {
    struct WireShape shape;
    struct WireWay ways[2];
};
static_assert(sizeof(struct WireConstants) == 56, "the kernel's and user space's must be the same");

#ifdef __cplusplus
}  // namespace turnpike::wire
#else
#undef static_assert
#endif
