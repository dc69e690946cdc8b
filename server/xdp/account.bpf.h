// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// What both entry points do alike with a verdict: count, charge, and measure the headers.
#pragma once

#include "server/xdp/headers.bpf.h"

static __always_inline void count(enum Verdict verdict, __u32 octets) {
    const __u32 first = 0;
    struct Counters* const mine = bpf_map_lookup_elem(&counters, &first);
    __u32 index = verdict;
    barrier_var(index);  // the compiler knows its range, the verifier has to see it
    if (!mine || index >= verdict_count) return;
    mine->packets[index] += 1;
    barrier_var(index);
    if (index <= relayed_hairpin) mine->octets[index] += octets;
}

// A receiver whose rate is against the packet is not in `relay`: then the sender pays alone.
static __always_inline enum Verdict charge_all(enum Verdict verdict, const struct Relay* relay) {
    if (relay->from && !charge(relay->from, way_to_peer, relay->payload, relay->now)) {
        return drop_closed;
    }
    if (relay->to && !charge(relay->to, way_from_peer, relay->payload, relay->now)) {
        return drop_closed;
    }
    return verdict;
}

static __always_inline __u32 headers_in(const struct Relay* relay) {
    return ETH_HLEN + (relay->is_v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr)) +
           sizeof(struct udphdr) + (relay->has_channel ? sizeof(struct ChannelHeader) : 0);
}

static __always_inline __u32 headers_out(const struct Relay* relay) {
    return ETH_HLEN + ip_header_out(relay) + udp_octets_out(relay) - relay->payload;
}

// Of padding, of which each octet is the first or the second of its word.
static __always_inline __u32 word_of(__u8 octet, __u32 offset) {
    return bpf_htons(offset & 1 ? octet : (__u16)(octet << 8));
}
