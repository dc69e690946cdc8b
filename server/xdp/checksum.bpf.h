// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// The Internet checksum (RFC 1071, RFC 1624): sums of 16-bit words as they lie in memory, which are
// subtracted by adding their complement.
#pragma once

#include <linux/bpf.h>
#include <linux/ip.h>
#include <linux/types.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

static __always_inline __u16 fold(__u64 sum) {
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (__u16)sum;
}

static __always_inline __u32 without(__u16 word) {
    return (__u16)~word;
}

// Of the header without options: 0xffff where its checksum is right.
static __always_inline __u16 sum_of_header(const struct iphdr* ip) {
    const __u32* const words = (const __u32*)ip;
    return fold((__u64)words[0] + words[1] + words[2] + words[3] + words[4]);
}

// A UDP checksum to which `difference` was added. One that was wrong stays wrong. 0 would say that
// there is none (RFC 768).
static __always_inline __u16 updated(__u16 checksum, __u64 difference) {
    const __u16 sum = (__u16)~fold(without(checksum) + difference);
    return sum ? sum : 0xffff;
}

// Of the packet from an even offset to its end. A global function: the verifier looks at its loops once.
#define SUMMED_OCTETS_MAX 2048
#define SUMMED_AT_ONCE 32
__noinline __u16 sum_from(struct xdp_md* context, __u32 offset) {
    const void* at = (const void*)(long)context->data + (offset & 0xff);
    const void* const end = (const void*)(long)context->data_end;
    __u64 sum = 0;
    for (int round = 0; round < SUMMED_OCTETS_MAX / SUMMED_AT_ONCE; ++round) {
        if (at + SUMMED_AT_ONCE > end) break;
        const __u32* const words = at;
        sum += (__u64)words[0] + words[1] + words[2] + words[3];
        sum += (__u64)words[4] + words[5] + words[6] + words[7];
        at += SUMMED_AT_ONCE;
    }
    for (int round = 0; round < SUMMED_AT_ONCE / 2; ++round) {
        if (at + 2 > end) break;
        sum += *(const __u16*)at;
        at += 2;
    }
    // The last one stands as if a zero followed it.
    if (at + 1 <= end) sum += bpf_htons((__u16)(*(const __u8*)at << 8));
    return fold(sum);
}
