// SPDX-License-Identifier: BSD-3-Clause
//
// What worker::KernelRelay does for one worker, without the worker: the kernel has what a session's
// routes say, as far as there are ways, and shares the session's account.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <vector>

#include "server/relay/session.hpp"
#include "server/xdp/hop_table.hpp"
#include "server/xdp/slot_meter.hpp"
#include "tests/support/route_model/addresses.hpp"

namespace turnpike::test::route_model {

using xdp::BoundChannel;

// Of one session.
struct KernelShare {
    std::uint32_t slot = 0;
    std::vector<BoundChannel> installed;
};

class KernelHalf {
public:
    struct Pools {
        std::uint32_t user = 0;
        std::uint32_t call = 0;
    };

    explicit KernelHalf(bool plain) : plain_{plain} {
        loaded().program.hops()[hop_narrow] = hop(test_interface);
        loaded().program.hops()[hop_narrow].mtu = narrow_mtu;
    }

    // The session's routes, client or relayed addresses may have changed.
    void follow(relay::Session& session, std::optional<KernelShare>& share, Pools pools) const {
        std::vector<BoundChannel> wanted = wanted_of(session);
        if (wanted.empty() && !share) return;
        if (!share) share = open(session, pools);
        std::erase_if(share->installed, [&](const BoundChannel& old) {
            const bool stays = std::ranges::any_of(
                wanted, [&](const BoundChannel& each) { return is_same(each, old); });
            if (!stays) routes().remove(old);
            return !stays;
        });
        for (BoundChannel& each : wanted) bring_in(*share, each);
    }

    static void amend(const relay::Session& session, const std::optional<KernelShare>& share) {
        if (share) loaded().slots.amend(share->slot, session.limits());
    }

    static void end(relay::Session& session, std::optional<KernelShare>& share) {
        if (!share) return;
        (void)loaded().slots.close(share->slot);
        for (const BoundChannel& each : share->installed) routes().remove(each);
        session.account().unshare();
        loaded().slots.release(share->slot);
        share.reset();
    }

    // What lies ahead is nearer by so much. What is over stays where it was.
    static void bring_nearer(const KernelShare& share, std::chrono::nanoseconds time) {
        xdp::SessionSlot& slot = loaded().program.sessions()[share.slot];
        bring_nearer(slot.next_media_second_ns, time);
        for (xdp::WayOfSession& way : slot.ways) bring_nearer(way.full_ns, time);
    }
    static void bring_nearer(__u64& moment_ns, std::chrono::nanoseconds time) {
        const auto time_ns = static_cast<std::uint64_t>(time.count());
        if (moment_ns != 0) moment_ns = moment_ns > time_ns ? moment_ns - time_ns : 1;
    }

    // Of the session's budget, by the numbers that the kernel judges by.
    [[nodiscard]] static std::uint64_t octets_left(const KernelShare& share) {
        const xdp::SessionSlot& slot = loaded().program.sessions()[share.slot];
        std::uint64_t used = slot.octets_elsewhere;
        for (const xdp::WayOfSession& way : slot.ways) used += way.octets;
        return used < slot.octets_max ? slot.octets_max - used : 0;
    }

    // When it charged something last.
    [[nodiscard]] static std::uint64_t last_charge_ns() {
        std::uint64_t last = 0;
        for (const xdp::SessionSlot& slot : loaded().program.sessions()) {
            if (slot.allocation == 0) continue;
            for (const xdp::WayOfSession& way : slot.ways)
                last = std::max<std::uint64_t>(last, way.last_media_ns);
        }
        return last;
    }

private:
    [[nodiscard]] static LoadedRelay& loaded() { return LoadedRelay::instance(); }
    [[nodiscard]] static xdp::RouteMap routes() { return loaded().program.routes(); }

    [[nodiscard]] static bool is_same(const BoundChannel& one, const BoundChannel& other) {
        return one.number == other.number && one.client == other.client &&
               one.server == other.server && one.peer == other.peer;
    }

    [[nodiscard]] std::vector<BoundChannel> wanted_of(const relay::Session& session) const {
        std::vector<BoundChannel> wanted;
        if (!session.has_client()) return wanted;
        session.visit_channels([&](const Endpoint& peer, std::uint16_t number, TimePoint expires) {
            if (auto each = bound(session, peer)) {
                each->number = number;
                each->expires = expires;
                wanted.push_back(*each);
            }
        });
        return wanted;
    }

    [[nodiscard]] std::optional<BoundChannel> bound(const relay::Session& session,
                                                    const Endpoint& peer) const {
        const auto& relayed = session.relayed(peer.address.family());
        const auto to_client = passage_to(session.five_tuple().client.address);
        const auto to_peer = passage_to(peer.address);
        const bool hairpin = is_relay(peer.address);
        if (!relayed || !to_client || (!hairpin && !to_peer)) return std::nullopt;
        BoundChannel made;
        made.client = session.five_tuple().client;
        made.server = session.five_tuple().server;
        made.relayed = *relayed;
        made.relayed_inner = as_local(*relayed);
        made.peer = peer;
        if (hairpin) made.peer_inner = as_local(peer);
        made.allocation = session.id();
        made.hop_to_client = to_client->hop;
        made.mtu_to_client = to_client->mtu;
        made.hop_to_peer = hairpin ? xdp::HopTable::nowhere : to_peer->hop;
        made.mtu_to_peer = hairpin ? std::uint16_t{0} : to_peer->mtu;
        made.plain = plain_;
        return made;
    }

    [[nodiscard]] static KernelShare open(relay::Session& session, Pools pools) {
        const auto slot = loaded().slots.open({.allocation = session.id(),
                                               .limits = session.limits(),
                                               .expires = TimePoint::max(),
                                               .user_pool = pools.user,
                                               .call_pool = pools.call});
        session.account().share(xdp::meter_of(loaded().program.sessions()[slot.value()]));
        return {.slot = *slot, .installed = {}};
    }

    static void bring_in(KernelShare& share, BoundChannel& wanted) {
        wanted.session = share.slot;
        const auto there = std::ranges::find_if(
            share.installed,
            [&](const BoundChannel& installed) { return is_same(wanted, installed); });
        const bool is_new = there == share.installed.end();
        const xdp::Update update =
            is_new ? routes().install(wanted) : routes().extend(*there, wanted.expires);
        if (update != xdp::Update::done) throw std::runtime_error{"the kernel takes no route"};
        if (is_new) {
            share.installed.push_back(wanted);
        } else {
            there->expires = wanted.expires;
        }
    }

    bool plain_;
};

}  // namespace turnpike::test::route_model
