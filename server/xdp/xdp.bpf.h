// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// What XDP does to a packet that is to be relayed: the headers move, the payload stays where it is.
#pragma once

#include "server/xdp/account.bpf.h"

static __always_inline struct Cursor whole(const struct xdp_md* context) {
    const struct Cursor cursor = {(void*)(long)context->data, (void*)(long)context->data_end};
    return cursor;
}

static __always_inline void leave_out_padding_xdp(const struct Packet* packet, struct Relay* relay,
                                                  const void* end) {
    if (relay->padding == 0 || relay->payload >= SCRATCH_OCTETS) return;
    const __u8* at = (const __u8*)(packet->channel + 1) + (relay->payload & (SCRATCH_OCTETS - 1));
    for (__u32 index = 0; index < 3; ++index) {
        if (index >= relay->padding || (const void*)(at + 1) > end) break;
        relay->body += without((__u16)word_of(*at, relay->payload + index));
        ++at;
    }
}

// Makes the room that the headers need, and cuts what is behind the payload. Nothing is written.
static __always_inline enum Verdict resize_xdp(struct xdp_md* context, const struct Packet* packet,
                                               const struct Relay* relay) {
    const int change = (int)headers_in(relay) - (int)headers_out(relay);
    const int behind = (int)(packet->frame_octets - headers_in(relay) - relay->payload);
    if (change != 0 && bpf_xdp_adjust_head(context, change) != 0) return passed_headroom;
    if (behind != 0 && bpf_xdp_adjust_tail(context, -behind) != 0) return drop_failed;
    return relayed_to_peer;
}

// What a network card would have done.
static __always_inline int fill_checksum(struct xdp_md* context, const struct Relay* relay) {
    const __u32 offset = ETH_HLEN + ip_header_out(relay);
    const __u16* const addresses = (const __u16*)relay->route.source;
    __u64 sum = bpf_htons(IPPROTO_UDP) + bpf_htons((__u16)udp_octets_out(relay));
    for (int index = 0; index < 16; ++index) sum += addresses[index];
    sum += sum_from(context, offset);
    struct Cursor cursor = whole(context);
    struct udphdr* const udp = take(&cursor, offset) ? take(&cursor, sizeof *udp) : 0;
    if (!udp) return 0;
    udp->check = updated(0xffff, sum);
    return 1;
}

static __always_inline int write_xdp(struct xdp_md* context, const struct Relay* relay,
                                     __u16 checksum) {
    if (!write_headers(whole(context), relay, relay->is_unfilled ? 0 : checksum)) return 0;
    return relay->is_unfilled ? fill_checksum(context, relay) : 1;
}
