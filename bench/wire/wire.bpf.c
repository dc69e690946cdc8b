// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// A load that no socket touches: `generate`, which BPF_PROG_RUN runs for one frame after the other,
// sends those that are due; `collect`, at the interface where they arrive, counts and drops them, and
// lets all else pass. And `forward`, the least that anything in between could do.
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "bench/wire/abi.h"
#include "server/xdp/checksum.bpf.h"

char wire_license[] SEC("license") = "Dual BSD/GPL";

const volatile struct WireConstants constants;

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct WirePlan);
} plan SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct WireLane);
} lanes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct WireArrival);
} arrivals SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct WireTally);
} tallies SEC(".maps");

// 0: where the generator sends to; else by the interface's index.
struct {
    __uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
    __uint(max_entries, 4);
    __type(key, __u32);
    __type(value, __u32);
} exits SEC(".maps");

// bench::Stamp. The sequence and the time are of 64 bits, but nothing aligns them.
struct StampOnWire {
    __be32 run;
    __be32 lane;
    __be32 sequence[2];
    __be32 sent[2];
    __u32 zeros[wire_zero_octets / 4];
};

static __always_inline int is_due(struct WirePlan* mine, __u64 now) {
    if (now >= mine->end_ns) return 0;
    if (mine->interval == 0) return 1;
    const __u64 elapsed = (now - mine->start_ns) << 16;
    if (elapsed < mine->due) return 0;
    if (elapsed - mine->due > WIRE_DEBT_MAX) mine->due = elapsed - WIRE_DEBT_MAX;
    mine->due += mine->interval;
    return 1;
}

// Returns what it adds to the checksum.
static __always_inline __u64 write_stamp(struct StampOnWire* stamp, const struct WirePlan* mine,
                                         __u64 sequence, __u64 now) {
    stamp->run = bpf_htonl(mine->run);
    stamp->lane = bpf_htonl(mine->turn);
    stamp->sequence[0] = bpf_htonl((__u32)(sequence >> 32));
    stamp->sequence[1] = bpf_htonl((__u32)sequence);
    stamp->sent[0] = bpf_htonl((__u32)(now >> 32));
    stamp->sent[1] = bpf_htonl((__u32)now);
    stamp->zeros[0] = stamp->zeros[1] = 0;
    return (__u64)stamp->run + stamp->lane + stamp->sequence[0] + stamp->sequence[1] +
           stamp->sent[0] + stamp->sent[1];
}

static __always_inline int write_frame(struct xdp_md* context, const struct WirePlan* mine,
                                       struct WireLane* lane, __u64 now) {
    void* const begin = (void*)(long)context->data;
    void* const end = (void*)(long)context->data_end;
    const __u32 stamp_at = constants.shape.stamp_at & 0x7f;
    const __u32 checksum_at = constants.shape.checksum_at & 0x7f;
    struct StampOnWire* const stamp = begin + stamp_at;
    __u16* const checksum = begin + checksum_at;
    if (begin + wire_head_octets_max > end || (void*)(stamp + 1) > end) return 0;
    if ((void*)(checksum + 1) > end) return 0;
    __builtin_memcpy(begin, lane->head, wire_head_octets_max);
    const __u16 sum = (__u16)~fold(lane->sum + write_stamp(stamp, mine, lane->next, now));
    *checksum = sum ? sum : 0xffff;
    return 1;
}

SEC("xdp")
int generate(struct xdp_md* context) {
    const __u32 first = 0;
    const __u64 now = bpf_ktime_get_ns();
    struct WirePlan* const mine = bpf_map_lookup_elem(&plan, &first);
    if (!mine || !is_due(mine, now)) return XDP_DROP;
    const __u32 turn = mine->turn;
    struct WireLane* const lane = bpf_map_lookup_elem(&lanes, &turn);
    if (!lane || !write_frame(context, mine, lane, now)) return XDP_DROP;
    mine->turn = turn + 1 < mine->lanes ? turn + 1 : 0;
    lane->next += 1;
    mine->sent += 1;
    return (int)bpf_redirect_map(&exits, 0, XDP_DROP);
}

// As bench::Histogram has it: the leading bit says which doubling, the six below it which bucket.
static __always_inline __u32 bucket_of(__u64 nanoseconds) {
    __u32 shift = 0;
    if (nanoseconds >> 41) return wire_buckets - 1;
    for (int step = 32; step > 0; step /= 2) {
        if (nanoseconds >> (shift + step + wire_linear_bits)) shift += step;
    }
    if (nanoseconds >> (shift + wire_linear_bits)) shift += 1;
    if (shift == 0) return (__u32)nanoseconds;
    const __u32 within = (__u32)(nanoseconds >> (shift - 1)) - (1U << wire_linear_bits);
    return (shift << wire_linear_bits) + within;
}

// True: it did not come before. What is older than the 64 last of its lane counts as late.
static __always_inline int is_first(struct WireArrival* lane, __u64 sequence,
                                    struct WireTally* tally) {
    if (sequence >= lane->next) {
        const __u64 ahead = sequence + 1 - lane->next;
        lane->seen = ahead < 64 ? lane->seen << ahead | 1 : 1;
        lane->next = sequence + 1;
        return 1;
    }
    const __u64 behind = lane->next - 1 - sequence;
    if (behind < 64) {
        if (lane->seen >> behind & 1) {
            tally->duplicated += 1;
            return 0;
        }
        lane->seen |= 1ULL << behind;
    }
    tally->reordered += 1;
    return 1;
}

static __always_inline const struct StampOnWire* stamp_of(const struct xdp_md* context, __u32 run) {
    const void* const begin = (const void*)(long)context->data;
    const void* const end = (const void*)(long)context->data_end;
    const struct StampOnWire* const stamp = begin + (constants.shape.arrival_at & 0x7f);
    const struct ethhdr* const ethernet = begin;
    if ((const void*)(ethernet + 1) > end || (const void*)(stamp + 1) > end) return 0;
    if (ethernet->h_proto != bpf_htons(ETH_P_IP) && ethernet->h_proto != bpf_htons(ETH_P_IPV6)) return 0;
    return stamp->run == bpf_htonl(run) ? stamp : 0;
}

SEC("xdp")
int collect(struct xdp_md* context) {
    const __u32 first = 0;
    const struct WirePlan* const mine = bpf_map_lookup_elem(&plan, &first);
    const struct StampOnWire* const stamp = mine ? stamp_of(context, mine->run) : 0;
    if (!stamp) return XDP_PASS;
    const __u32 number = bpf_ntohl(stamp->lane);
    struct WireArrival* const lane = bpf_map_lookup_elem(&arrivals, &number);
    struct WireTally* const tally = bpf_map_lookup_elem(&tallies, &first);
    if (!lane || !tally) return XDP_PASS;
    const __u64 sequence = (__u64)bpf_ntohl(stamp->sequence[0]) << 32 | bpf_ntohl(stamp->sequence[1]);
    if (!is_first(lane, sequence, tally)) return XDP_DROP;
    const __u64 sent = (__u64)bpf_ntohl(stamp->sent[0]) << 32 | bpf_ntohl(stamp->sent[1]);
    const __u32 bucket = bucket_of(bpf_ktime_get_ns() - sent);
    tally->delivered += 1;
    tally->octets += context->data_end - context->data;
    if (bucket < wire_buckets) tally->latency[bucket] += 1;
    return XDP_DROP;
}

static __always_inline int is_udp(const void* begin, const void* end) {
    const struct ethhdr* const ethernet = begin;
    if (begin + sizeof *ethernet + sizeof(struct ipv6hdr) > end) return 0;
    if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
        return ((const struct iphdr*)(ethernet + 1))->protocol == IPPROTO_UDP;
    }
    return ethernet->h_proto == bpf_htons(ETH_P_IPV6) &&
           ((const struct ipv6hdr*)(ethernet + 1))->nexthdr == IPPROTO_UDP;
}

SEC("xdp")
int forward(struct xdp_md* context) {
    void* const begin = (void*)(long)context->data;
    const void* const end = (const void*)(long)context->data_end;
    if (!is_udp(begin, end)) return XDP_PASS;
    const volatile struct WireWay* const way = &constants.ways[context->ingress_ifindex == constants.ways[1].from];
    __u16* const words = begin;
    if ((const void*)(words + 6) > end) return XDP_PASS;
    const volatile __u16* const addresses = (const volatile __u16*)way->destination;
    for (int word = 0; word < 6; ++word) words[word] = addresses[word];
    return (int)bpf_redirect_map(&exits, way->to, XDP_DROP);
}
