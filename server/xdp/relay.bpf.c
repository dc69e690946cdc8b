// SPDX-License-Identifier: BSD-3-Clause OR GPL-2.0-only
//
// The relay in the kernel, for packets whose route user space has installed: once as an XDP program,
// once as a classifier at tc's ingress. A packet is first judged, then charged, then rewritten; what
// is passed up is as it came.
#include "server/xdp/tc.bpf.h"
#include "server/xdp/xdp.bpf.h"

char relay_license[] SEC("license") = "Dual BSD/GPL";

static __always_inline int send_xdp(const struct xdp_md* context, const struct Relay* relay) {
    if (relay->hop.interface == context->ingress_ifindex) return XDP_TX;
    return bpf_redirect_map(&interfaces, relay->hop.interface, XDP_DROP);
}

static __always_inline int refuse_xdp(enum Verdict verdict, const struct Relay* relay) {
    if (verdict == drop_bandwidth) verdict = charge_all(verdict, relay);
    count(verdict, 0);
    return verdict <= drop_failed ? XDP_DROP : XDP_PASS;
}

SEC("xdp")
int relay_xdp(struct xdp_md* context) {
    struct Packet packet;
    struct Relay relay;
    const struct Cursor cursor = whole(context);
    relay.from = relay.to = 0;
    packet.frame_octets = (__u32)(cursor.end - cursor.at);
    enum Verdict verdict = read_packet(cursor, &packet);
    if (verdict == relayed_to_peer) verdict = decide(&packet, &relay);
    if (verdict == unrelated) return XDP_PASS;
    if (verdict > relayed_hairpin) return refuse_xdp(verdict, &relay);
    if (relay.is_unfilled && udp_octets_out(&relay) > SUMMED_OCTETS_MAX) {
        return refuse_xdp(passed_udp_checksum, &relay);
    }
    leave_out_padding_xdp(&packet, &relay, cursor.end);
    const __u16 checksum = packet.udp->check;
    const enum Verdict resized = resize_xdp(context, &packet, &relay);
    if (resized != relayed_to_peer) return refuse_xdp(resized, &relay);
    verdict = charge_all(verdict, &relay);
    if (verdict > relayed_hairpin) return refuse_xdp(verdict, &relay);
    if (!write_xdp(context, &relay, checksum)) return refuse_xdp(drop_failed, &relay);
    const int sent = send_xdp(context, &relay);
    if (sent == XDP_DROP) return refuse_xdp(drop_failed, &relay);
    count(verdict, relay.payload);
    return sent;
}

static __always_inline int refuse_tc(enum Verdict verdict, const struct Relay* relay) {
    if (verdict == drop_bandwidth) verdict = charge_all(verdict, relay);
    count(verdict, 0);
    return verdict <= drop_failed ? TC_ACT_SHOT : TC_ACT_UNSPEC;
}

// TC_ACT_UNSPEC leaves a packet to the programs and filters behind this one: TC_ACT_OK would end their
// chain.

// A tag that the network card took off is in `vlan_present`. The headers may lie in pages apart.
static __always_inline int may_be_read(struct __sk_buff* context) {
    if (context->vlan_present || context->pkt_type != PACKET_HOST) return 0;
    const __u32 octets = context->data_end - context->data;
    if (octets >= HEADERS_OCTETS_MAX || octets >= context->len) return 1;
    const __u32 wanted = context->len < HEADERS_OCTETS_MAX ? context->len : HEADERS_OCTETS_MAX;
    return bpf_skb_pull_data(context, wanted) == 0;
}

SEC("tc")
int relay_tc(struct __sk_buff* context) {
    const __u32 first = 0;
    struct Packet packet;
    struct Relay relay;
    if (!may_be_read(context)) return TC_ACT_UNSPEC;
    relay.from = relay.to = 0;
    packet.frame_octets = context->len;
    enum Verdict verdict = read_packet(linear(context), &packet);
    if (verdict == relayed_to_peer) verdict = decide(&packet, &relay);
    if (verdict == unrelated) return TC_ACT_UNSPEC;
    if (verdict > relayed_hairpin) return refuse_tc(verdict, &relay);
    if (context->gso_segs > 1) return refuse_tc(passed_super_packet, &relay);
    const struct Arrived before = arrived(&packet);
    struct Scratch* memory = 0;
    if (!moves_headers(&relay)) {
        memory = bpf_map_lookup_elem(&scratch, &first);
        if (!memory) return TC_ACT_UNSPEC;
        const enum Verdict kept = keep_payload(context, &relay, memory);
        if (kept != relayed_to_peer) return refuse_tc(kept, &relay);
        leave_out_padding_tc(context, &relay);
    }
    verdict = charge_all(verdict, &relay);
    if (verdict > relayed_hairpin) return refuse_tc(verdict, &relay);
    const long failed = memory ? write_around(context, &relay, memory)
                               : write_in_place(context, &packet, &relay, before);
    if (failed) return refuse_tc(drop_failed, &relay);
    count(verdict, relay.payload);
    return (int)bpf_redirect(relay.hop.interface, 0);
}
