// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// What the kernel's half of the relay and user space say to each other: the maps' keys and values.
// Both sides include this; C of 1999 and C++ alike. Ports, channels and addresses are in the order
// of the wire, times are nanoseconds of CLOCK_MONOTONIC, which is std::chrono::steady_clock.
//
// Four decisions shape it:
// - A route points to its session and its next hop by index. What changes for many routes at once (a
//   deadline, a budget, a neighbour's MAC) is then written in one place, through a mapping and
//   without a system call, and a route itself stays small.
// - A session counts with atomics in its own slot, not for each CPU: its packets come on two CPUs,
//   one for each way, which have a cache line each. So a slot's size does not grow with the
//   machine's CPUs, is read without a system call, and can be closed at an exact count.
// - A hairpin is two routes, each installed by its own side alone: what the first one writes is the
//   key that the second one is found by. No session has to know another's slot, expiry or client.
// - Checksums change by the same difference for each packet of a route, but for its lengths. User
//   space computes that difference once.
#pragma once

#include <linux/types.h>

#ifdef __cplusplus
#include <cassert>
namespace turnpike::xdp {
#else
#define static_assert _Static_assert
#endif

// Addresses are IPv6, or IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2): the prefix adds nothing to
// a checksum, so that it makes no difference there. From a client `channel` is ChannelData's number,
// from a peer it is 0. `local` is what stands in the packet: with 1:1 NAT the inner address.
struct RouteKey {
    __u8 remote[16];
    __u8 local[16];
    __be16 remote_port;
    __be16 local_port;
    __be16 channel;
    __u16 unused;  // 0
} __attribute__((aligned(8)));
static_assert(sizeof(struct RouteKey) == 40, "the kernel's and user space's must be the same");

enum RouteFlag {
    route_to_v6 = 1,    // else to IPv4
    route_hairpin = 2,  // what is written is the key of another route, with channel 0
    route_plain = 4,    // DSCP and ECN are cleared, not copied
};

// The kernel gives a removed route's memory to the next one that is installed, although a packet may
// still be reading it. So a packet reads all of a route first, this last, and believes it only if it
// is its own key's. (Not a secret: whoever finds two equal keys still has to win that race.)
static inline __u64 fingerprint_of(const struct RouteKey* key) {
    __u64 words[5];
    __builtin_memcpy(words, key, sizeof words);
    return words[0] * 0x9e3779b97f4a7c15ULL ^ words[1] * 0xbf58476d1ce4e5b9ULL ^
           words[2] * 0x94d049bb133111ebULL ^ words[3] * 0xff51afd7ed558ccdULL ^
           words[4] * 0xc4ceb9fe1a85ec53ULL;
}

// Sums are those of the Internet checksum (RFC 1071): of 16-bit words as they lie in memory, folded.
struct RouteEntry {
    __u64 fingerprint;  // first, because it is written first
    __u8 source[16];
    __u8 destination[16];
    __be16 source_port;
    __be16 destination_port;
    __be16 channel;  // to be written in front of the payload; 0: the payload goes without
    __u16 flags;
    __u64 expires_ns;    // the channel's or the permission's end, whichever comes first
    __u64 allocation;    // must be that of the session's slot: a slot may have a new owner
    __u32 session;       // slot
    __u32 hop;           // of the way to `destination`; a hairpin's first route has none
    __u32 flow_label;    // IPv6, host order; 0: none
    __u16 mtu;           // of the path, where it is known to be less than the hop's; 0: it is not
    __u16 key_sum;       // the key's addresses
    __u16 address_sum;   // addresses written, less those of the key
    __u16 port_sum;      // ports written, less those of the key
    __u32 generation;    // user space's: of the process that installed it, see Control
};
static_assert(sizeof(struct RouteEntry) == 88, "the kernel's and user space's must be the same");

enum { way_to_peer = 0, way_from_peer = 1, way_count = 2 };

// Written by the packets of one way, hence a cache line of its own.
struct WayOfSession {
    __u64 octets;         // payload; the top bit closes it: what comes then is not relayed
    __u64 packets;
    __u64 full_ns;        // the token bucket: when it will be full again, as in relay::RateLimiter
    __u64 last_media_ns;
    __u64 unused[4];
};
static_assert(sizeof(struct WayOfSession) == 64, "a cache line");

#define TURNPIKE_WAY_CLOSED (1ULL << 63)

// Each number may be read and written by both sides at any time, as an atomic one.
struct SessionSlot {
    __u64 allocation;        // 0: nobody's
    __u64 deadline_ns;       // of the grant; ~0: none
    __u64 expires_ns;        // of the allocation's lifetime
    __u64 octets_max;        // both ways together; ~0: no limit
    __u64 octets_elsewhere;  // used of them, and not counted in `ways`
    __u64 bits_per_second;   // each way; 0: no limit
    __u32 pools[2];          // of the user, of the call; 0: none
    __u64 unused;

    __u64 first_media_ns;  // 0: none yet
    __u64 next_media_second_ns;
    __u64 media_seconds;  // as relay::Session counts them
    __u64 unused_media[5];

    struct WayOfSession ways[way_count];
};
static_assert(sizeof(struct SessionSlot) == 256, "four cache lines");

// relay::SharedLimits, number by number, which user space makes in its place: a rate and a budget that
// sessions use up together.
struct Pool {
    __u64 bits_per_second;  // each way; 0: no limit
    __u64 octets_max;       // 0: no limit
    __u64 octets;
    __u64 octets_elsewhere;
    __u64 first_media_ns;  // 0: none yet
    __u64 exhausted;       // user space's: nothing here writes it
    __u64 full_ns[way_count];
};
static_assert(sizeof(struct Pool) == 64, "as relay::SharedLimits");

// The burst of every token bucket: relay::RateLimiter::burst.
#define TURNPIKE_BURST_NS 250000000ULL

// An interface and a neighbour. Each of the three is read at once, so that a neighbour's MAC changes
// between two packets; an index gets a new meaning only after it had none for a while.
struct Hop {
    __u8 destination[6];
    __u8 usable;  // 0: the packets go to user space
    __u8 unused;
    __u8 source[6];
    __u8 unused_too[2];
    __u32 interface;
    __u32 mtu;  // of IP packets
} __attribute__((aligned(8)));
static_assert(sizeof(struct Hop) == 24, "three numbers of 64 bits");

// To be raised with every change of what a number in a map means, where it lies, or which values it
// may have: a process takes over the maps of another one only if this agrees. Sizes are compared
// beside it; a change of the program alone needs nothing.
#define TURNPIKE_ABI_VERSION 1

// There is one: of the routes as a whole, and of the process that stands behind them.
struct Control {
    __u64 until_ns;    // from then on nobody does, and nothing is relayed; ~0: somebody is at work
    __u64 abi;         // TURNPIKE_ABI_VERSION; 0: not yet written
    __u64 network;     // the network namespace that interfaces are numbered in, by its inode
    __u64 identity;    // of the state that belongs to the maps, for who takes both over; 0: none
    __u64 generation;  // how many processes have taken them over, one after the other
    __u64 unused[3];
};
static_assert(sizeof(struct Control) == 64, "a cache line");

// What became of a packet. Only relayed and dropped ones never get to user space; what is passed up
// is as it came, and user space drops and counts it as it does any other. So there is one place that
// decides, which may know of a refresh or of more money before the maps do; and where user space has
// been stopped, nothing of it is relayed. Packets over a rate are dropped here: they are the ones
// that come in floods, and all that there is to know about them stands in the session's slot.
enum Verdict {
    relayed_to_peer,
    relayed_to_client,
    relayed_hairpin,
    drop_bandwidth,       // relay::Drop::bandwidth
    drop_closed,          // the session ended while the packet was here
    drop_failed,          // the kernel had no memory for it, or a redirection no way out
    passed_fragment,      // IPv4 fragments, whomever they are for
    passed_options,       // IPv4 options, likewise
    passed_malformed,     // lengths that contradict each other, ChannelData longer than its datagram
    passed_padding,       // more than the three octets that padding needs
    passed_ip_checksum,   // of the IPv4 header: wrong
    passed_udp_checksum,  // none where there must be one, or not yet computed and too long to do it here
    passed_hop_limit,     // it would reach 0
    passed_too_big,       // for the way out
    passed_expired,       // relay::Drop::no_channel, no_permission; Control::until_ns
    passed_stale,         // the slot is not the allocation's any more
    passed_deadline,      // relay::Drop::deadline, or the allocation's lifetime
    passed_bytes,         // relay::Drop::bytes
    passed_unrouted,      // a hairpin whose other side has no route, a hop that is not usable
    passed_headroom,      // the driver left none
    passed_super_packet,  // tc: several datagrams in one
    unrelated,            // not ours, and not counted
    verdict_count = unrelated,
};

// For each CPU.
struct Counters {
    __u64 packets[verdict_count];
    __u64 octets[3];  // payload of what was relayed, by the first three verdicts
};

#ifdef __cplusplus
}  // namespace turnpike::xdp
#else
#undef static_assert
#endif
