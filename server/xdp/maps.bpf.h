// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// Every map of the program. User space sizes them before it loads them.
#pragma once

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "server/xdp/route_abi.h"

// All its memory is taken when it is made, and nothing is ever evicted: what does not fit is relayed
// by user space.
struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1);
    __type(key, struct RouteKey);
    __type(value, struct RouteEntry);
} routes SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct SessionSlot);
} sessions SEC(".maps");

// The first one is nobody's.
struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct Pool);
} pools SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct Hop);
} hops SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_ARRAY);
    __uint(map_flags, BPF_F_MMAPABLE);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct Control);
} control SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct Counters);
} counters SEC(".maps");

// Interfaces that XDP may redirect to, by their index.
struct {
    __uint(type, BPF_MAP_TYPE_DEVMAP_HASH);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, __u32);
} interfaces SEC(".maps");

// Where tc holds a payload while what is in front of it changes its length.
#define SCRATCH_OCTETS 4096
struct Scratch {
    __u8 octets[SCRATCH_OCTETS];
};
struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct Scratch);
} scratch SEC(".maps");
