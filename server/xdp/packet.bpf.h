// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// A packet as it came: where its headers are, and what its route is found by.
#pragma once

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "server/xdp/route_abi.h"

// RFC 8656 section 12.4.
struct ChannelHeader {
    __be16 number;
    __be16 octets;
};

// Fails for good: past the end there is nothing more.
struct Cursor {
    void* at;
    void* end;
};

static __always_inline void* take(struct Cursor* cursor, __u32 octets) {
    void* const taken = cursor->at;
    if (taken + octets > cursor->end) return 0;
    cursor->at = taken + octets;
    return taken;
}

struct Packet {
    struct RouteKey key;
    const struct iphdr* v4;  // one of the two
    const struct ipv6hdr* v6;
    const struct udphdr* udp;
    const struct ChannelHeader* channel;  // none: less than four octets of payload
    __u32 frame_octets;
};

// The largest of what is read here.
#define HEADERS_OCTETS_MAX \
    (ETH_HLEN + sizeof(struct ipv6hdr) + sizeof(struct udphdr) + sizeof(struct ChannelHeader))

static __always_inline void copy_address(__u8* to, const void* from) {
    const __u32* const words = from;
    __u32* const copy = (__u32*)to;
    copy[0] = words[0];
    copy[1] = words[1];
    copy[2] = words[2];
    copy[3] = words[3];
}

static __always_inline void map_address(__u8* to, __be32 address) {
    __u32* const words = (__u32*)to;
    words[0] = 0;
    words[1] = 0;
    words[2] = bpf_htonl(0xffff);
    words[3] = address;
}

static __always_inline enum Verdict read_v4(struct Cursor* cursor, struct Packet* packet) {
    const struct iphdr* const ip = take(cursor, sizeof *ip);
    if (!ip || ip->protocol != IPPROTO_UDP) return unrelated;
    if (*(const __u8*)ip != 0x45) return passed_options;
    // More fragments, or an offset.
    if (ip->frag_off & bpf_htons(0x3fff)) return passed_fragment;
    packet->v4 = ip;
    packet->v6 = 0;
    map_address(packet->key.remote, ip->saddr);
    map_address(packet->key.local, ip->daddr);
    return relayed_to_peer;
}

// In a key such an address is one of IPv4; in a packet it has no business (RFC 4291 section 2.5.5.2).
static __always_inline int is_mapped(const struct in6_addr* address) {
    const __be32* const words = (const __be32*)address;
    return words[0] == 0 && words[1] == 0 && words[2] == bpf_htonl(0xffff);
}

// Extension headers, fragments among them, are another next header than UDP.
static __always_inline enum Verdict read_v6(struct Cursor* cursor, struct Packet* packet) {
    const struct ipv6hdr* const ip = take(cursor, sizeof *ip);
    if (!ip || ip->nexthdr != IPPROTO_UDP) return unrelated;
    if (is_mapped(&ip->saddr) || is_mapped(&ip->daddr)) return unrelated;
    packet->v4 = 0;
    packet->v6 = ip;
    copy_address(packet->key.remote, &ip->saddr);
    copy_address(packet->key.local, &ip->daddr);
    return relayed_to_peer;
}

// relayed_to_peer: it may be ours. Tags of VLANs are another type than IP.
static __always_inline enum Verdict read_packet(struct Cursor cursor, struct Packet* packet) {
    enum Verdict verdict = unrelated;
    const struct ethhdr* const ethernet = take(&cursor, sizeof *ethernet);
    if (!ethernet) return unrelated;
    if (ethernet->h_proto == bpf_htons(ETH_P_IP)) {
        verdict = read_v4(&cursor, packet);
    } else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6)) {
        verdict = read_v6(&cursor, packet);
    }
    if (verdict != relayed_to_peer) return verdict;
    packet->udp = take(&cursor, sizeof *packet->udp);
    if (!packet->udp) return unrelated;
    packet->key.remote_port = packet->udp->source;
    packet->key.local_port = packet->udp->dest;
    packet->key.channel = 0;
    packet->key.unused = 0;
    packet->channel = take(&cursor, sizeof *packet->channel);
    return relayed_to_peer;
}
