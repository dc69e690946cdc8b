// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// What is to become of a packet, before anything of it is changed or charged.
#pragma once

#include "server/xdp/checksum.bpf.h"
#include "server/xdp/limits.bpf.h"
#include "server/xdp/packet.bpf.h"

struct Relay {
    struct RouteEntry route;   // what is written
    struct SessionSlot* from;  // sends to a peer, or none
    struct SessionSlot* to;    // receives from a peer, or none
    struct Hop hop;
    __u64 now;
    __u32 payload;  // octets
    __u32 padding;  // octets behind it
    // What is added to checksums: for the addresses of the pseudo header, and for the rest.
    __u32 addresses;
    __u32 body;
    __u8 is_v6;  // as it came
    __u8 has_channel;
    __u8 is_unfilled;  // the checksum is for a network card to compute, which never will
    __u8 traffic_class;
    __u8 hop_limit;
};

// False where there is none, or none any more.
static __always_inline int read_route(const struct RouteKey* key, struct RouteEntry* route) {
    const volatile __u64* const found = bpf_map_lookup_elem(&routes, key);
    if (!found) return 0;
    __u64* const words = (__u64*)route;
#pragma clang loop unroll(full)
    for (int index = sizeof *route / sizeof *words - 1; index >= 0; --index) {
        words[index] = found[index];
    }
    return route->fingerprint == fingerprint_of(key);
}

// A client's ChannelData is found by its number. The octets of a peer may look like one, so what has
// no such route may still have one without.
static __always_inline int find_route(struct Packet* packet, struct RouteEntry* route) {
    const struct ChannelHeader* const channel = packet->channel;
    if (channel && (channel->number & bpf_htons(0xc000)) == bpf_htons(0x4000)) {
        packet->key.channel = channel->number;
        if (read_route(&packet->key, route)) return 1;
        packet->key.channel = 0;
    }
    packet->channel = 0;
    return read_route(&packet->key, route);
}

static __always_inline enum Verdict check_ip(const struct Packet* packet, struct Relay* relay) {
    const __u32 udp_octets = bpf_ntohs(packet->udp->len);
    __u32 headers = ETH_HLEN;
    relay->traffic_class = relay->hop_limit = 0;
    relay->is_v6 = packet->v6 != 0;
    if (packet->v4) {
        if (sum_of_header(packet->v4) != 0xffff) return passed_ip_checksum;
        headers += sizeof *packet->v4;
        if (bpf_ntohs(packet->v4->tot_len) != sizeof *packet->v4 + udp_octets) return passed_malformed;
        relay->traffic_class = packet->v4->tos;
        relay->hop_limit = packet->v4->ttl;
    } else if (packet->v6) {
        headers += sizeof *packet->v6;
        if (bpf_ntohs(packet->v6->payload_len) != udp_octets) return passed_malformed;
        relay->traffic_class = (__u8)(bpf_ntohs(*(const __be16*)packet->v6) >> 4);
        relay->hop_limit = packet->v6->hop_limit;
    }
    if (relay->route.flags & route_plain) relay->traffic_class = 0;
    if (udp_octets < sizeof(struct udphdr)) return passed_malformed;
    if (headers + udp_octets > packet->frame_octets) return passed_malformed;
    return relayed_to_peer;
}

static __always_inline enum Verdict check_payload(const struct Packet* packet, struct Relay* relay) {
    const __u32 octets = bpf_ntohs(packet->udp->len) - sizeof(struct udphdr);
    relay->has_channel = packet->channel != 0;
    relay->payload = octets;
    relay->padding = 0;
    if (!packet->channel) return relayed_to_peer;
    relay->payload = bpf_ntohs(packet->channel->octets);
    const __u32 framed = relay->payload + sizeof(struct ChannelHeader);
    if (framed > octets) return passed_malformed;
    relay->padding = octets - framed;
    return relay->padding > 3 ? passed_padding : relayed_to_peer;
}

static __always_inline enum Verdict admit(const struct SessionSlot* session, __u32 way,
                                          const struct Relay* relay) {
    if (relay->now >= relay->route.expires_ns) return passed_expired;
    if (!session || session->allocation != relay->route.allocation) return passed_stale;
    return refusal_of_session(session, way, relay->payload, relay->now, relay->from);
}

static __always_inline enum Verdict admit_receiver(struct Relay* relay) {
    struct SessionSlot* const session = session_of(&relay->route);
    const enum Verdict verdict = admit(session, way_from_peer, relay);
    if (verdict != relayed_to_peer) return verdict;
    relay->to = session;
    return relayed_to_client;
}

// Goes on with the other side's route, as if the packet had come to its relayed address through the
// network.
static __always_inline enum Verdict take_hairpin(struct Relay* relay) {
    struct RouteKey key;
    copy_address(key.remote, relay->route.source);
    copy_address(key.local, relay->route.destination);
    key.remote_port = relay->route.source_port;
    key.local_port = relay->route.destination_port;
    key.channel = 0;
    key.unused = 0;
    if (!read_route(&key, &relay->route)) return passed_unrouted;
    relay->addresses += relay->route.address_sum;
    relay->body += relay->route.port_sum;
    const enum Verdict verdict = admit_receiver(relay);
    return verdict == relayed_to_client ? relayed_hairpin : verdict;
}

static __always_inline enum Verdict admit_sender(struct Relay* relay) {
    struct SessionSlot* const session = session_of(&relay->route);
    const enum Verdict verdict = admit(session, way_to_peer, relay);
    if (verdict != relayed_to_peer) return verdict;
    relay->from = session;
    return relay->route.flags & route_hairpin ? take_hairpin(relay) : relayed_to_peer;
}

static __always_inline __u32 udp_octets_out(const struct Relay* relay) {
    return sizeof(struct udphdr) + (relay->route.channel ? sizeof(struct ChannelHeader) : 0) +
           relay->payload;
}

static __always_inline __u32 ip_header_out(const struct Relay* relay) {
    return relay->route.flags & route_to_v6 ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
}

static __always_inline enum Verdict check_way_out(struct Relay* relay) {
    const struct RouteEntry* const route = &relay->route;
    const volatile __u64* const found = bpf_map_lookup_elem(&hops, &route->hop);
    if (!found) return passed_unrouted;
    __u64* const copy = (__u64*)&relay->hop;
    copy[0] = found[0];
    copy[1] = found[1];
    copy[2] = found[2];
    if (!relay->hop.usable) return passed_unrouted;
    if (relay->hop_limit <= 1) return passed_hop_limit;
    const __u32 octets = ip_header_out(relay) + udp_octets_out(relay);
    if (octets > relay->hop.mtu || (route->mtu && octets > route->mtu)) return passed_too_big;
    return relayed_to_peer;
}

// Over IPv4 a datagram may have no checksum, and is relayed without (RFC 768); over IPv6 it must
// have one (RFC 8200 section 8.1). One that equals the sum of its pseudo header is not yet computed:
// a socket of this host or of a container left it to a network card. (Of 65535 others one looks the
// same, and is none the worse for it.)
static __always_inline enum Verdict check_checksum(const struct Packet* packet, __u16 key_sum,
                                                   struct Relay* relay) {
    const __u16 checksum = packet->udp->check;
    if (checksum == 0 && (relay->is_v6 || relay->route.flags & route_to_v6)) {
        return passed_udp_checksum;
    }
    const __u32 pseudo = (__u32)key_sum + bpf_htons(IPPROTO_UDP) + packet->udp->len;
    relay->is_unfilled = checksum != 0 && checksum == fold(pseudo);
    return relayed_to_peer;
}

static __always_inline void add_lengths(const struct Packet* packet, struct Relay* relay) {
    const __u32 length = bpf_htons((__u16)udp_octets_out(relay)) + without(packet->udp->len);
    relay->addresses += length;
    relay->body += length;
    if (packet->channel) {
        relay->body += without(packet->channel->number) + without(packet->channel->octets);
    }
    if (relay->route.channel) {
        relay->body += relay->route.channel + bpf_htons((__u16)relay->payload);
    }
}

// Asked for packets that have a route: all others pay nothing for it.
static __always_inline int is_tended(__u64 now) {
    const __u32 first = 0;
    const struct Control* const found = bpf_map_lookup_elem(&control, &first);
    return found && now < found->until_ns;
}

// A verdict of relaying has filled `relay`. With drop_bandwidth its sender is the one that has to be
// charged: it was the receiver's rate that was against the packet.
static __always_inline enum Verdict decide(struct Packet* packet, struct Relay* relay) {
    relay->from = relay->to = 0;
    if (!find_route(packet, &relay->route)) return unrelated;
    const __u16 key_sum = relay->route.key_sum;
    enum Verdict verdict = check_ip(packet, relay);
    if (verdict != relayed_to_peer) return verdict;
    verdict = check_payload(packet, relay);
    if (verdict != relayed_to_peer) return verdict;
    relay->now = bpf_ktime_get_ns();
    if (!is_tended(relay->now)) return passed_expired;
    relay->addresses = relay->route.address_sum;
    relay->body = relay->route.port_sum;
    const enum Verdict admitted =
        packet->channel ? admit_sender(relay) : admit_receiver(relay);
    if (admitted > relayed_hairpin) return admitted;
    verdict = check_way_out(relay);
    if (verdict != relayed_to_peer) return verdict;
    verdict = check_checksum(packet, key_sum, relay);
    if (verdict != relayed_to_peer) return verdict;
    add_lengths(packet, relay);
    return admitted;
}
