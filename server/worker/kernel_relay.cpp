// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/kernel_relay.hpp"

#include <algorithm>
#include <utility>

#include "server/xdp/slot_meter.hpp"

namespace turnpike::worker {

using protocol::Endpoint;
using protocol::Family;
using protocol::TimePoint;
using telemetry::Counter;
using xdp::BoundChannel;

namespace {

static_assert(static_cast<std::size_t>(Counter::kernel_passed_super_packet) -
                      static_cast<std::size_t>(Counter::kernel_passed_fragment) ==
                  static_cast<std::size_t>(xdp::passed_super_packet) - xdp::passed_fragment,
              "a counter for each verdict, in the same order");

// Found by the same packets, which go to the same place.
bool is_same(const BoundChannel& one, const BoundChannel& other) noexcept {
    return one.number == other.number && one.client == other.client && one.server == other.server &&
           one.peer == other.peer && one.peer_inner == other.peer_inner &&
           one.relayed == other.relayed && one.relayed_inner == other.relayed_inner;
}

bool is_same(const xdp::Passage& one, const xdp::Passage& other) noexcept {
    return one.hop == other.hop && one.mtu == other.mtu;
}

bool is_same(const KernelShare::Passages& one, const KernelShare::Passages& other) noexcept {
    const bool peers = one.to_peer && other.to_peer ? is_same(*one.to_peer, *other.to_peer)
                                                    : !one.to_peer && !other.to_peer;
    return peers && is_same(one.to_client, other.to_client);
}

}  // namespace

void KernelRelay::follow(Holding& holding) {
    const std::vector<BoundChannel> wanted = wanted_of(holding);
    if (wanted.empty() && !holding.kernel) return;
    if (!holding.kernel && !open(holding)) return;
    KernelShare& share = *holding.kernel;
    drop_others(share, wanted);
    for (const BoundChannel& each : wanted) bring_in(share, each);
}

// A client of a connection has no route: what it sends is a part of a stream.
std::vector<BoundChannel> KernelRelay::wanted_of(const Holding& holding) const {
    std::vector<BoundChannel> wanted;
    const relay::Session& session = *holding.session;
    const bool is_plain_udp = holding.link.stream == nullptr && holding.place.at &&
                              holding.place.at->transport == protocol::Transport::udp;
    if (!is_plain_udp || holding.is_probe) return wanted;
    session.visit_channels([&](const Endpoint& peer, std::uint16_t number, TimePoint expires) {
        if (wanted.size() == channels_max) return;
        auto channel = bound(holding, peer);
        if (!channel) return;
        channel->number = number;
        channel->expires = expires;
        wanted.push_back(*channel);
    });
    return wanted;
}

std::optional<BoundChannel> KernelRelay::bound(const Holding& holding, const Endpoint& peer) const {
    const auto& relay = holding.relays[turn::index_of(peer.address.family())];
    if (!relay || !relay->socket) return std::nullopt;
    std::optional<Endpoint> peer_inner;
    const bool is_ours =
        std::ranges::find(context_.shared.relayed, peer.address) != context_.shared.relayed.end();
    if (is_ours) peer_inner = context_.shared.directory.as_local(peer);
    return BoundChannel{.client = holding.place.at->client,
                        .server = holding.place.at->server,
                        .relayed = relay->port.advertised,
                        .relayed_inner = relay->port.local,
                        .peer = peer,
                        .peer_inner = peer_inner,
                        .allocation = holding.id,
                        .plain = !context_.rules->settings.copies_traffic_class};
}

// None: a limit lives where the kernel does not see it.
std::optional<xdp::SlotSeed> KernelRelay::seed_of(const Holding& holding) const {
    const auto user = parts_.pools.index_of(holding.seat->user_limits());
    const auto call = parts_.pools.index_of(holding.seat->call_limits());
    if (!user || !call) return std::nullopt;
    // The lifetime is user space's: it ends routes and slot. A route ends with its permission,
    // which lasts for minutes, whatever becomes of user space.
    return xdp::SlotSeed{.allocation = holding.id,
                         .limits = holding.session->limits(),
                         .expires = TimePoint::max(),
                         .user_pool = *user,
                         .call_pool = *call};
}

bool KernelRelay::adopt(Holding& holding, std::uint32_t slot, const relay::Account::Numbers& own) {
    const auto seed = seed_of(holding);
    if (!seed || !parts_.own.adopt(slot, *seed)) return false;
    holding.session->account().go_on(own);
    holding.session->account().share_again(xdp::meter_of(parts_.slots[slot]));
    const xdp::Usage usage = parts_.own.usage(slot);
    holding.kernel = std::make_unique<KernelShare>(
        KernelShare{.slot = slot, .channels = {}, .counted = {usage.to_peer, usage.from_peer}});
    return true;
}

void KernelRelay::leave(const Holding& holding, TimePoint expires) noexcept {
    if (holding.kernel) parts_.own.extend(holding.kernel->slot, expires);
}

void KernelRelay::release_unclaimed() {
    for (const auto& [allocation, usage] : parts_.own.release_unclaimed()) {
        context_.shared.log.warning(telemetry::Area::session,
                                    "the kernel has relayed for a server that died",
                                    {{"id", static_cast<std::uint64_t>(allocation)},
                                     {"bytes_to_peer", usage.to_peer.bytes},
                                     {"packets_to_peer", usage.to_peer.packets},
                                     {"bytes_to_client", usage.from_peer.bytes},
                                     {"packets_to_client", usage.from_peer.packets}});
    }
}

bool KernelRelay::open(Holding& holding) {
    const auto seed = seed_of(holding);
    const auto slot = seed ? parts_.own.open(*seed) : std::nullopt;
    if (!slot) {
        context_.count(Counter::kernel_full);
        return false;
    }
    holding.session->account().share(xdp::meter_of(parts_.slots[*slot]));
    holding.kernel = std::make_unique<KernelShare>(KernelShare{.slot = *slot, .channels = {}});
    return true;
}

void KernelRelay::drop_others(KernelShare& share, std::span<const BoundChannel> wanted) {
    std::erase_if(share.channels, [&](KernelShare::Channel& channel) {
        const bool stays = std::ranges::any_of(
            wanted, [&](const BoundChannel& each) { return is_same(each, channel.bound); });
        if (!stays) drop(channel);
        return !stays;
    });
}

void KernelRelay::drop(KernelShare::Channel& channel) {
    if (!channel.passages) return;
    parts_.routes.remove(channel.bound);
    give_back(*channel.passages);
    channel.passages.reset();
}

void KernelRelay::bring_in(KernelShare& share, const BoundChannel& wanted) {
    const auto there = std::ranges::find_if(
        share.channels,
        [&](const KernelShare::Channel& channel) { return is_same(wanted, channel.bound); });
    if (there != share.channels.end()) return extend(*there, wanted.expires);
    KernelShare::Channel& channel =
        share.channels.emplace_back(KernelShare::Channel{.bound = wanted});
    channel.bound.session = share.slot;
    install(channel);
}

void KernelRelay::extend(KernelShare::Channel& channel, TimePoint expires) {
    if (channel.bound.expires == expires) return;
    if (!channel.passages && expires < channel.bound.expires + retry_interval) return;
    channel.bound.expires = expires;
    if (channel.passages && parts_.routes.extend(channel.bound, expires) == xdp::Update::done)
        return;
    drop(channel);
    install(channel);
}

std::optional<KernelShare::Passages> KernelRelay::take(const BoundChannel& bound) {
    const auto to_client = parts_.ways.take({bound.client.address, bound.server.address});
    if (!to_client) return std::nullopt;
    if (bound.peer_inner) return KernelShare::Passages{.to_peer = {}, .to_client = *to_client};
    const auto to_peer = parts_.ways.take({bound.peer.address, bound.relayed_inner.address});
    if (to_peer) return KernelShare::Passages{.to_peer = to_peer, .to_client = *to_client};
    parts_.ways.give_back(*to_client);
    return std::nullopt;
}

void KernelRelay::give_back(const KernelShare::Passages& passages) noexcept {
    if (passages.to_peer) parts_.ways.give_back(*passages.to_peer);
    parts_.ways.give_back(passages.to_client);
}

// In place of what the kernel has of it, which goes on until then.
void KernelRelay::install(KernelShare::Channel& channel) {
    const auto passages = take(channel.bound);
    if (!passages) return drop(channel);
    if (channel.passages && is_same(*channel.passages, *passages)) return give_back(*passages);
    BoundChannel& bound = channel.bound;
    bound.hop_to_client = passages->to_client.hop;
    bound.mtu_to_client = passages->to_client.mtu;
    bound.hop_to_peer = passages->to_peer ? passages->to_peer->hop : xdp::HopTable::nowhere;
    bound.mtu_to_peer = passages->to_peer ? passages->to_peer->mtu : std::uint16_t{0};
    const xdp::Update update = parts_.routes.install(bound);
    if (update == xdp::Update::full) context_.count(Counter::kernel_full);
    if (update != xdp::Update::done) {
        give_back(*passages);
        return drop(channel);
    }
    if (channel.passages) give_back(*channel.passages);
    channel.passages = passages;
}

void KernelRelay::amend(const Holding& holding) noexcept {
    if (holding.kernel) parts_.own.amend(holding.kernel->slot, holding.session->limits());
}

void KernelRelay::end(Holding& holding) {
    if (holding.kernel) close(holding);
}

void KernelRelay::close(Holding& holding) {
    KernelShare& share = *holding.kernel;
    (void)parts_.own.close(share.slot);
    for (KernelShare::Channel& channel : share.channels) drop(channel);
    count(holding);
    holding.session->account().unshare();
    parts_.own.release(share.slot);
    holding.kernel.reset();
}

void KernelRelay::count(const Holding& holding) noexcept {
    KernelShare& share = *holding.kernel;
    constexpr std::array packets{Counter::packets_to_peer_kernel,
                                 Counter::packets_to_client_kernel};
    constexpr std::array bytes{Counter::bytes_to_peer_kernel, Counter::bytes_to_client_kernel};
    const xdp::Usage usage = parts_.own.usage(share.slot);
    const std::array now{usage.to_peer, usage.from_peer};
    for (std::size_t way = 0; way < now.size(); ++way) {
        context_.count(packets[way], now[way].packets - share.counted[way].packets);
        context_.count(bytes[way], now[way].bytes - share.counted[way].bytes);
        share.counted[way] = now[way];
    }
}

// Relayed packets are counted by session, and those over a rate are drops like any other.
void KernelRelay::count_verdicts() {
    const xdp::Counters now = parts_.verdicts();
    const auto add = [&](Counter counter, std::size_t verdict) {
        context_.count(counter, now.packets[verdict] - counted_.packets[verdict]);
    };
    add(Counter::drop_bandwidth, xdp::drop_bandwidth);
    add(Counter::drop_kernel_closed, xdp::drop_closed);
    add(Counter::drop_kernel_failed, xdp::drop_failed);
    constexpr auto first = static_cast<std::size_t>(Counter::kernel_passed_fragment);
    for (std::size_t verdict = xdp::passed_fragment; verdict < xdp::verdict_count; ++verdict) {
        add(static_cast<Counter>(first + verdict - xdp::passed_fragment), verdict);
    }
    counted_ = now;
}

void KernelRelay::look() {
    if (parts_.verdicts) count_verdicts();
    context_.holdings.visit([this](Holding& holding) {
        if (!holding.kernel) return;
        count(holding);
        if (const auto heard = holding.session->account().last_beside(relay::Way::to_peer)) {
            holding.session->hear_no_earlier(*heard);
        }
    });
}

void KernelRelay::look_for_ways() {
    context_.holdings.visit([this](Holding& holding) {
        if (!holding.kernel) return;
        for (KernelShare::Channel& channel : holding.kernel->channels) install(channel);
    });
}

}  // namespace turnpike::worker
