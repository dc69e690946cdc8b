// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// The headers of a packet as it leaves, written anew: nothing of the old ones is left by accident.
#pragma once

#include "server/xdp/decide.bpf.h"

static __always_inline void copy_mac(__u8* to, const __u8* from) {
    __u16* const copy = (__u16*)to;
    const __u16* const words = (const __u16*)from;
    copy[0] = words[0];
    copy[1] = words[1];
    copy[2] = words[2];
}

static __always_inline void write_ethernet(struct ethhdr* ethernet, const struct Relay* relay) {
    copy_mac(ethernet->h_dest, relay->hop.destination);
    copy_mac(ethernet->h_source, relay->hop.source);
    ethernet->h_proto = bpf_htons(relay->route.flags & route_to_v6 ? ETH_P_IPV6 : ETH_P_IP);
}

// DF is clear, as on our sockets (RFC 8656 section 14), so that a router may fragment it; hence an
// identification which no other datagram between these addresses is likely to have.
static __always_inline void write_v4(struct iphdr* ip, const struct Relay* relay) {
    *(__u8*)ip = 0x45;
    ip->tos = relay->traffic_class;
    ip->tot_len = bpf_htons((__u16)(sizeof *ip + udp_octets_out(relay)));
    ip->id = (__be16)bpf_get_prandom_u32();
    ip->frag_off = 0;
    ip->ttl = relay->hop_limit - 1;
    ip->protocol = IPPROTO_UDP;
    ip->check = 0;
    ip->saddr = ((const __be32*)relay->route.source)[3];
    ip->daddr = ((const __be32*)relay->route.destination)[3];
    ip->check = (__u16)~sum_of_header(ip);
}

static __always_inline __be32 first_word_v6(const struct Relay* relay) {
    return bpf_htonl(6U << 28 | (__u32)relay->traffic_class << 20 |
                     (relay->route.flow_label & 0xfffff));
}

static __always_inline void write_v6(struct ipv6hdr* ip, const struct Relay* relay) {
    *(__be32*)ip = first_word_v6(relay);
    ip->payload_len = bpf_htons((__u16)udp_octets_out(relay));
    ip->nexthdr = IPPROTO_UDP;
    ip->hop_limit = relay->hop_limit - 1;
    copy_address((__u8*)&ip->saddr, relay->route.source);
    copy_address((__u8*)&ip->daddr, relay->route.destination);
}

static __always_inline void write_udp(struct udphdr* udp, const struct Relay* relay) {
    udp->source = relay->route.source_port;
    udp->dest = relay->route.destination_port;
    udp->len = bpf_htons((__u16)udp_octets_out(relay));
}

static __always_inline void write_channel(struct ChannelHeader* channel, const struct Relay* relay) {
    channel->number = relay->route.channel;
    channel->octets = bpf_htons((__u16)relay->payload);
}

// All of them, where they may be written in place: 0 where the packet is too short. `checksum`: of
// UDP, as it came; 0 says that there is none.
static __always_inline int write_headers(struct Cursor cursor, const struct Relay* relay,
                                         __u16 checksum) {
    struct ethhdr* const ethernet = take(&cursor, sizeof *ethernet);
    if (!ethernet) return 0;
    write_ethernet(ethernet, relay);
    if (relay->route.flags & route_to_v6) {
        struct ipv6hdr* const ip = take(&cursor, sizeof *ip);
        if (!ip) return 0;
        write_v6(ip, relay);
    } else {
        struct iphdr* const ip = take(&cursor, sizeof *ip);
        if (!ip) return 0;
        write_v4(ip, relay);
    }
    struct udphdr* const udp = take(&cursor, sizeof *udp);
    if (!udp) return 0;
    write_udp(udp, relay);
    udp->check = checksum ? updated(checksum, (__u64)relay->addresses + relay->body) : 0;
    if (relay->route.channel) {
        struct ChannelHeader* const channel = take(&cursor, sizeof *channel);
        if (!channel) return 0;
        write_channel(channel, relay);
    }
    return 1;
}
