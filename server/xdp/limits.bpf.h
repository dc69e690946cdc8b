// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// What relay::Session and relay::SharedLimits decide for each packet, on the same numbers. Between
// asking and charging another CPU may charge too: what passes is over a limit by one packet of each
// CPU at most, as it is with SharedLimits.
#pragma once

#include "server/xdp/maps.bpf.h"

static __always_inline struct SessionSlot* session_of(const struct RouteEntry* route) {
    return bpf_map_lookup_elem(&sessions, &route->session);
}

static __always_inline struct Pool* pool_of(const struct SessionSlot* session, int which) {
    const __u32 index = session->pools[which];
    return index ? bpf_map_lookup_elem(&pools, &index) : 0;
}

static __always_inline int has_room(__u64 bits_per_second, __u64 full_ns, __u64 now) {
    return bits_per_second == 0 || (__s64)(full_ns - now) < (__s64)TURNPIKE_BURST_NS;
}

// Of a bucket: max(full, now) + what the octets take at that rate, rounded up. Who loses against
// another CPU finds a bucket that is full no sooner than now.
static __always_inline void pour(__u64* full_ns, __u64 bits_per_second, __u32 octets, __u64 now) {
    if (bits_per_second == 0) return;
    const __u64 length = (octets * 8000000000ULL + bits_per_second - 1) / bits_per_second;
    const __u64 full = *full_ns;
    if ((__s64)(full - now) < 0 && __sync_val_compare_and_swap(full_ns, full, now + length) == full) {
        return;
    }
    __sync_fetch_and_add(full_ns, length);
}

static __always_inline int exceeds(__u64 used, __u64 used_elsewhere, __u64 octets, __u64 max) {
    return used + used_elsewhere > max || octets > max - used - used_elsewhere;
}

static __always_inline enum Verdict refusal_of_pool(const struct Pool* pool, int way, __u32 octets,
                                                    __u64 now) {
    const __u64 max = pool->octets_max;
    if (max && exceeds(pool->octets, pool->octets_elsewhere, octets, max)) return passed_bytes;
    if (!has_room(pool->bits_per_second, pool->full_ns[way], now)) return drop_bandwidth;
    return relayed_to_peer;
}

// What the sender of a hairpin shares with its receiver has to have room for both: it pays first.
static __always_inline __u32 due(int is_shared, __u32 octets) {
    return is_shared ? 2 * octets : octets;
}

static __always_inline enum Verdict refusal_of_pools(const struct SessionSlot* session, int way,
                                                     __u32 octets, __u64 now,
                                                     const struct SessionSlot* payer) {
    enum Verdict verdict = relayed_to_peer;
    for (int which = 0; which < 2; ++which) {
        const struct Pool* const pool = pool_of(session, which);
        if (!pool) continue;
        const int is_shared = payer && payer->pools[which] == session->pools[which];
        const enum Verdict refused = refusal_of_pool(pool, way, due(is_shared, octets), now);
        // An exhausted budget is told of, whatever else is against the packet.
        if (refused == passed_bytes) return passed_bytes;
        if (refused != relayed_to_peer) verdict = refused;
    }
    return verdict;
}

// `payer`: of a hairpin its sender, where the receiver is asked; else none. This one and charge() are
// global functions: the verifier looks at each once, and not again for each way that leads to it.
__noinline enum Verdict refusal_of_session(const struct SessionSlot* session, __u32 way_index,
                                           __u32 octets, __u64 now,
                                           const struct SessionSlot* payer) {
    const int way = way_index & 1;
    if (!session) return passed_stale;
    if (now >= session->deadline_ns || now >= session->expires_ns) return passed_deadline;
    if (session->ways[way].octets & TURNPIKE_WAY_CLOSED) return passed_stale;
    const __u64 max = session->octets_max;
    if (max != ~0ULL) {
        const __u64 used = (session->ways[way_to_peer].octets & ~TURNPIKE_WAY_CLOSED) +
                           (session->ways[way_from_peer].octets & ~TURNPIKE_WAY_CLOSED);
        const int is_same = payer && payer->allocation == session->allocation;
        if (exceeds(used, session->octets_elsewhere, due(is_same, octets), max)) return passed_bytes;
    }
    const enum Verdict refused = refusal_of_pools(session, way, octets, now, payer);
    if (refused != relayed_to_peer) return refused;
    if (!has_room(session->bits_per_second, session->ways[way].full_ns, now)) return drop_bandwidth;
    return relayed_to_peer;
}

// Once in a second at most; the compare decides which CPU.
static __always_inline void note_media(struct SessionSlot* session, __u64 now) {
    const __u64 next = session->next_media_second_ns;
    if (next != 0 && now < next) return;
    if (__sync_val_compare_and_swap(&session->next_media_second_ns, next, now + 1000000000ULL) != next)
        return;
    if (session->first_media_ns == 0) session->first_media_ns = now;
    __sync_fetch_and_add(&session->media_seconds, 1);
    for (int which = 0; which < 2; ++which) {
        struct Pool* const pool = pool_of(session, which);
        if (pool && pool->first_media_ns == 0) {
            __sync_val_compare_and_swap(&pool->first_media_ns, 0, now);
        }
    }
}

// False, and nothing else is charged, where the session has been closed meanwhile.
__noinline int charge(struct SessionSlot* session, __u32 way_index, __u32 octets, __u64 now) {
    if (!session) return 0;
    way_index &= 1;
    struct WayOfSession* const way = &session->ways[way_index];
    if (__sync_fetch_and_add(&way->octets, octets) & TURNPIKE_WAY_CLOSED) {
        __sync_fetch_and_sub(&way->octets, octets);
        return 0;
    }
    __sync_fetch_and_add(&way->packets, 1);
    way->last_media_ns = now;
    pour(&way->full_ns, session->bits_per_second, octets, now);
    note_media(session, now);
    for (int which = 0; which < 2; ++which) {
        struct Pool* const pool = pool_of(session, which);
        if (!pool) continue;
        __sync_fetch_and_add(&pool->octets, octets);
        pour(&pool->full_ns[way_index], pool->bits_per_second, octets, now);
    }
    return 1;
}
