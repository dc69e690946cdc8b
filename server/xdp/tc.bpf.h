// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// What a classifier does to a packet that is to be relayed. In general the UDP header stays where it
// is in memory and the payload moves, because where its checksum is left to a network card, as it is
// on loopback and between containers, the kernel has noted that place. What came through a wire is
// cheaper: there the headers move.
#pragma once

#include <linux/if_packet.h>
#include <linux/pkt_cls.h>

#include "server/xdp/account.bpf.h"

static __always_inline struct Cursor linear(const struct __sk_buff* context) {
    const struct Cursor cursor = {(void*)(long)context->data, (void*)(long)context->data_end};
    return cursor;
}

// Its checksum is in the packet, so nobody has noted where, and nothing but headers changes its length.
static __always_inline int moves_headers(const struct Relay* relay) {
    return !relay->is_unfilled && relay->padding == 0 && relay->payload <= SCRATCH_OCTETS &&
           relay->is_v6 == ((relay->route.flags & route_to_v6) != 0);
}

// Of the headers as they came, what is needed when they are gone.
struct Arrived {
    __u32 first_word;  // of IPv6
    __u16 checksum;    // of UDP
};

static __always_inline struct Arrived arrived(const struct Packet* packet) {
    const struct Arrived all = {packet->v6 ? *(const __u32*)packet->v6 : 0, packet->udp->check};
    return all;
}

static __always_inline int growth(const struct Relay* relay) {
    return (int)headers_out(relay) - (int)headers_in(relay);
}

// To a sum over all of the packet that a network card may have made. What has a checksum sums up to
// the complement of its pseudo header, and over IPv6 to the fields in front of the addresses as well.
// The room that was taken away is where the ports were; room that was made is zero.
static __always_inline void correct_sum(struct __sk_buff* context, const struct Packet* packet,
                                        const struct Relay* relay, struct Arrived before) {
    __u32 sum = before.checksum ? without(fold(relay->addresses)) : relay->body;
    if (relay->is_v6) {
        sum = fold(first_word_v6(relay)) + without(fold(before.first_word)) + without(bpf_htons(1));
    }
    if (growth(relay) < 0) sum += (__u32)packet->key.remote_port + packet->key.local_port;
    bpf_csum_update(context, sum);
}

static __always_inline long write_in_place(struct __sk_buff* context, const struct Packet* packet,
                                           const struct Relay* relay, struct Arrived before) {
    const __u32 octets = headers_out(relay) + relay->payload;
    if (growth(relay) != 0 && bpf_skb_adjust_room(context, growth(relay), BPF_ADJ_ROOM_NET,
                                                  BPF_F_ADJ_ROOM_NO_CSUM_RESET) != 0) {
        return -1;
    }
    if (octets != context->len && bpf_skb_change_tail(context, octets, 0) != 0) return -1;
    correct_sum(context, packet, relay, before);
    bpf_set_hash_invalid(context);
    return write_headers(linear(context), relay, before.checksum) ? 0 : -1;
}

static __always_inline void leave_out_padding_tc(struct __sk_buff* context, struct Relay* relay) {
    __u8 octets[3] = {0, 0, 0};
    if (relay->padding == 0) return;
    const __u32 offset = headers_in(relay) + relay->payload;
    if (bpf_skb_load_bytes(context, offset, octets, ((relay->padding - 1) & 1) + 1) != 0) return;
    if (relay->padding == 3) bpf_skb_load_bytes(context, offset, octets, 3);
    for (__u32 index = 0; index < 3; ++index) {
        relay->body += without((__u16)word_of(octets[index], relay->payload + index));
    }
}

static __always_inline __u32 never_none(__u32 octets) {
    return ((octets - 1) & (SCRATCH_OCTETS - 1)) + 1;
}

static __always_inline int moves_payload(const struct Relay* relay) {
    return relay->payload != 0 && relay->has_channel != (relay->route.channel != 0);
}

static __always_inline enum Verdict keep_payload(const struct __sk_buff* context,
                                                 const struct Relay* relay,
                                                 struct Scratch* memory) {
    if (!moves_payload(relay)) return relayed_to_peer;
    if (relay->payload > SCRATCH_OCTETS) return passed_too_big;
    const __u32 octets = never_none(relay->payload);
    const long failed = bpf_skb_load_bytes(context, headers_in(relay), memory->octets, octets);
    return failed ? passed_malformed : relayed_to_peer;
}

static __always_inline long resize_tc(struct __sk_buff* context, const struct Relay* relay) {
    const int to_v6 = (relay->route.flags & route_to_v6) != 0;
    if (to_v6 != relay->is_v6) {
        const __be16 protocol = bpf_htons(to_v6 ? ETH_P_IPV6 : ETH_P_IP);
        if (bpf_skb_change_proto(context, protocol, 0) != 0) return -1;
    }
    const __u32 octets = headers_out(relay) + relay->payload;
    return octets == context->len ? 0 : bpf_skb_change_tail(context, octets, 0);
}

static __always_inline long write_ip_tc(struct __sk_buff* context, const struct Relay* relay) {
    // Two octets in front, as the network's code has them, align the IP header.
    __u8 memory[2 + ETH_HLEN + sizeof(struct ipv6hdr)] __attribute__((aligned(8)));
    struct ethhdr* const ethernet = (struct ethhdr*)(memory + 2);
    void* const ip = ethernet + 1;
    write_ethernet(ethernet, relay);
    if (relay->route.flags & route_to_v6) {
        write_v6(ip, relay);
        return bpf_skb_store_bytes(context, 0, ethernet, ETH_HLEN + sizeof(struct ipv6hdr),
                                   BPF_F_INVALIDATE_HASH);
    }
    write_v4(ip, relay);
    return bpf_skb_store_bytes(context, 0, ethernet, ETH_HLEN + sizeof(struct iphdr),
                               BPF_F_INVALIDATE_HASH);
}

// The helper knows whether the checksum is in the packet: for one that is not, only the addresses and
// the length of the pseudo header count. It leaves 0 alone.
static __always_inline long write_udp_tc(struct __sk_buff* context, const struct Relay* relay) {
    const __u32 offset = ETH_HLEN + ip_header_out(relay);
    const __u32 checksum = offset + (__u32)__builtin_offsetof(struct udphdr, check);
    struct udphdr udp;
    write_udp(&udp, relay);
    long failed = bpf_skb_store_bytes(context, offset, &udp, 6, 0);
    failed |= bpf_l4_csum_replace(context, checksum, 0, relay->addresses,
                                  BPF_F_PSEUDO_HDR | BPF_F_MARK_MANGLED_0);
    failed |= bpf_l4_csum_replace(context, checksum, 0, relay->body, BPF_F_MARK_MANGLED_0);
    if (relay->route.channel) {
        struct ChannelHeader channel;
        write_channel(&channel, relay);
        failed |= bpf_skb_store_bytes(context, offset + sizeof udp, &channel, sizeof channel, 0);
    }
    return failed;
}

static __always_inline long write_around(struct __sk_buff* context, const struct Relay* relay,
                                         const struct Scratch* memory) {
    if (resize_tc(context, relay) != 0) return -1;
    long failed = write_ip_tc(context, relay) | write_udp_tc(context, relay);
    if (moves_payload(relay)) {
        failed |= bpf_skb_store_bytes(context, headers_out(relay), memory->octets,
                                      never_none(relay->payload), 0);
    }
    return failed;
}
