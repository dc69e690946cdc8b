// SPDX-License-Identifier: BSD-3-Clause
//
// Random changes of the route model: allocations come and go, bind channels, refresh, move, get
// other limits, and time passes.
#pragma once

#include <chrono>
#include <numeric>
#include <string>

#include "tests/support/route_model/accounts.hpp"
#include "tests/support/route_model/both_relays.hpp"

namespace turnpike::test::route_model {

class Changes {
public:
    Changes(Dice& dice, BothRelays& relays) : dice_{dice}, relays_{relays} {}

    // What it was; with what the accounts of one that ended did not agree on.
    struct Change {
        std::string what;
        std::string flaw{};
    };
    [[nodiscard]] Change some() {
        using namespace std::chrono_literals;
        struct Row {
            std::size_t weight;
            Change (Changes::*make)();
        };
        constexpr std::array rows{
            Row{40, &Changes::bind},      Row{15, &Changes::refresh},
            Row{10, &Changes::permit},    Row{6, &Changes::remove},
            Row{6, &Changes::move},       Row{3, &Changes::leave},
            Row{12, &Changes::amend},     Row{7, &Changes::amend_pool},
            Row{8, &Changes::pass},       Row{6, &Changes::open},
            Row{3, &Changes::close},      Row{1, &Changes::close_relayed},
            Row{2, &Changes::renew_pool},
        };
        if (relays_.parties().size() < 2) return open();
        std::size_t left = dice_.below(
            std::accumulate(rows.begin(), rows.end(), std::size_t{0},
                            [](std::size_t sum, const Row& row) { return sum + row.weight; }));
        for (const Row& row : rows) {
            if (left < row.weight) return (this->*row.make)();
            left -= row.weight;
        }
        return {};
    }

private:
    static constexpr std::size_t parties_max = 8;

    [[nodiscard]] Party& party() { return *dice_.pick(relays_.parties()); }
    [[nodiscard]] static std::string name(const Party& party) {
        return "party " + std::to_string(static_cast<std::uint64_t>(party.id)) + " of " +
               party.five_tuple.client.to_string() + " ";
    }

    [[nodiscard]] Change open() {
        if (relays_.parties().size() >= parties_max) return {"nothing: enough parties"};
        auto made = std::make_unique<Party>();
        const auto five_tuple = unused_five_tuple();
        made->five_tuple = five_tuple;
        const std::size_t families = dice_.below(4);
        if (families != 1) made->relayed[0] = unused_relayed(Family::ipv4);
        if (families != 0) made->relayed[1] = unused_relayed(Family::ipv6);
        made->limits = some_limits(0);
        auto& pools = relays_.pools();
        if (dice_.chance(60)) made->user = pools.at(dice_.below(2)).get();
        if (dice_.chance(60)) made->call = pools.at(2 + dice_.below(2)).get();
        relays_.open(std::move(made));
        Party& opened = *relays_.parties().back();
        // Until it binds a channel, its account is user space's alone.
        const bool binds = dice_.chance(60);
        for (int peers = 0; peers < 3; ++peers) {
            const Endpoint peer = some_peer_of(opened);
            binds ? bind(opened, peer) : permit(opened, peer);
        }
        return {"open " + name(opened) + text_of(opened)};
    }
    [[nodiscard]] static std::string text_of(const Party& party) {
        std::string text;
        for (const auto& relayed : party.relayed) {
            if (relayed) text += relayed->to_string() + " ";
        }
        if (party.user != nullptr) text += "user " + std::to_string(party.user->index) + " ";
        if (party.call != nullptr) text += "call " + std::to_string(party.call->index) + " ";
        return text + text_of(party.limits);
    }
    [[nodiscard]] static std::string text_of(const relay::SessionLimits& limits) {
        return "octets " + std::to_string(limits.bytes) + " bits/s " +
               std::to_string(limits.bits_per_second) + (limits.deadline ? " deadline" : "");
    }

    // A client's own port is nobody else's, whatever the family of its relayed addresses.
    [[nodiscard]] FiveTuple unused_five_tuple() {
        for (;;) {
            const Endpoint client = some_client(dice_);
            const FiveTuple five_tuple{.client = client, .server = server(client.address.family())};
            if (relays_.oracle().routes().find(five_tuple) == nullptr) return five_tuple;
        }
    }
    [[nodiscard]] Endpoint unused_relayed(Family family) {
        for (;;) {
            const Endpoint relayed{advertised(family),
                                   static_cast<std::uint16_t>(50'000 + dice_.below(12))};
            if (relays_.oracle().routes().find(relayed) == nullptr) return relayed;
        }
    }

    // Rates that a packet uses up for minutes, one that takes a few packets at once, and one that
    // none of these reaches.
    [[nodiscard]] std::uint64_t some_rate() {
        constexpr std::array<std::uint64_t, 4> rates{3, 8, 64'000, 1'000'000'007};
        return dice_.chance(80) ? 0 : dice_.pick(rates);
    }
    [[nodiscard]] relay::SessionLimits some_limits(std::uint64_t used) {
        using namespace std::chrono_literals;
        relay::SessionLimits limits{.bytes = dice_.chance(75) ? 0 : used + dice_.below(6'000),
                                    .bits_per_second = some_rate()};
        if (dice_.chance(30)) limits.deadline = relays_.now() + (dice_.chance(80) ? 20min : -1s);
        return limits;
    }

    // Where the peer is one of ours it is a hairpin; now and then nobody's port, or its own.
    [[nodiscard]] Endpoint some_peer_of(const Party& party) {
        const Family family =
            dice_.chance(50) == party.relayed[0].has_value() ? Family::ipv4 : Family::ipv6;
        if (dice_.chance(40)) return some_peer(dice_, family);
        const auto& relayed = dice_.pick(relays_.parties())->relayed.at(index_of(family));
        if (relayed && dice_.chance(95)) return *relayed;
        return {advertised(family), static_cast<std::uint16_t>(50'000 + dice_.below(12))};
    }

    // Some end a second ago: their timer is late.
    [[nodiscard]] TimePoint some_expiry(std::chrono::minutes lifetime) {
        return relays_.now() + (dice_.chance(95) ? Duration{lifetime} : -std::chrono::seconds{1});
    }
    void permit(Party& party, const Endpoint& peer) {
        using namespace std::chrono_literals;
        if (!party.relayed.at(index_of(peer.address.family()))) return;
        relays_.install(party, {.peer = peer, .channel = 0, .expires = some_expiry(5min)});
    }
    void bind(Party& party, const Endpoint& peer) {
        using namespace std::chrono_literals;
        if (!party.relayed.at(index_of(peer.address.family()))) return;
        const auto number = static_cast<std::uint16_t>(0x4000 + dice_.below(8));
        permit(party, peer);
        relays_.install(party, {.peer = peer, .channel = number, .expires = some_expiry(10min)});
    }
    [[nodiscard]] Change bind() {
        Party& bound = party();
        const Endpoint peer = some_peer_of(bound);
        bind(bound, peer);
        if (!is_relay(peer.address)) return {name(bound) + "binds " + peer.to_string()};
        // Mostly the other side does the same.
        for (const auto& other : relays_.parties()) {
            if (other->relayed.at(index_of(peer.address.family())) != peer) continue;
            if (const auto& own = bound.relayed.at(index_of(peer.address.family()));
                own && other.get() != &bound && dice_.chance(80)) {
                bind(*other, *own);
            }
        }
        return {name(bound) + "binds a hairpin, " + peer.to_string()};
    }
    [[nodiscard]] Change permit() {
        Party& permitting = party();
        const Endpoint peer = some_peer_of(permitting);
        permit(permitting, peer);
        return {name(permitting) + "permits " + peer.to_string()};
    }
    [[nodiscard]] Change refresh() {
        using namespace std::chrono_literals;
        for (const auto& party : relays_.parties()) {
            if (dice_.chance(50)) continue;
            const auto routes = party->routes;
            for (Party::Installed route : routes) {
                route.expires = some_expiry(route.channel == 0 ? 5min : 10min);
                relays_.install(*party, route);
            }
        }
        return {"some refresh all that they have"};
    }
    [[nodiscard]] Change remove() {
        Party& removing = party();
        if (removing.routes.empty()) return {"nothing to remove"};
        const std::size_t index = dice_.below(removing.routes.size());
        const Party::Installed route = removing.routes.at(index);
        relays_.remove(removing, index);
        return {name(removing) + "loses " + route.peer.to_string() + ", channel " +
                std::to_string(route.channel)};
    }

    [[nodiscard]] Change move() {
        Party& moving = party();
        const FiveTuple to = unused_five_tuple();
        relays_.move(moving, to);
        return {name(moving) + "is where it moved to"};
    }
    [[nodiscard]] Change leave() {
        const auto away = std::ranges::find(relays_.parties(), false,
                                            [](const auto& each) { return each->has_client; });
        Party& leaving = away == relays_.parties().end() ? party() : **away;
        if (leaving.has_client) {
            relays_.move(leaving, std::nullopt);
            return {name(leaving) + "is away"};
        }
        relays_.move(leaving, unused_five_tuple());
        return {name(leaving) + "is back"};
    }
    [[nodiscard]] Change close_relayed() {
        Party& closing = party();
        const Family family = dice_.chance(50) ? Family::ipv4 : Family::ipv6;
        relays_.close_relayed(closing, family);
        return {name(closing) + "gives up a relayed address"};
    }
    [[nodiscard]] Change close() {
        Party& closing = party();
        std::string what = name(closing) + "ends";
        relays_.end_kernel(closing);
        std::string flaw = differences(relays_);
        relays_.close(closing);
        return {std::move(what), std::move(flaw)};
    }

    [[nodiscard]] Change amend() {
        Party& amended = party();
        const relay::Account& account = relays_.expected(amended).account();
        const std::uint64_t used = account.traffic(relay::Way::to_peer).bytes +
                                   account.traffic(relay::Way::from_peer).bytes;
        relays_.amend(amended, some_limits(used));
        return {name(amended) + "gets " + text_of(amended.limits)};
    }
    [[nodiscard]] Change amend_pool() {
        SharedPool& pool = *dice_.pick(relays_.pools());
        const std::uint64_t elsewhere = dice_.chance(30) ? dice_.below(1'000) : 0;
        const std::uint64_t bytes =
            dice_.chance(70) ? 0 : pool.expected.used() + elsewhere + dice_.below(4'000);
        const std::uint64_t rate = dice_.chance(50) ? 0 : some_rate();
        for (relay::SharedLimits* limits : {&pool.expected, pool.found.get()}) {
            limits->limit_rate(rate);
            limits->limit_bytes(bytes);
            limits->set_used_elsewhere(elsewhere);
        }
        return {"pool " + std::to_string(pool.index) + " gets octets " + std::to_string(bytes) +
                " less " + std::to_string(elsewhere) + " bits/s " + std::to_string(rate)};
    }
    [[nodiscard]] Change renew_pool() {
        auto& pools = relays_.pools();
        auto& pool = dice_.pick(pools);
        if (pool->sessions != 0) return {"nothing: a pool in use"};
        relays_.renew(pool);
        return {"another pool in place of an unused one"};
    }

    [[nodiscard]] Change pass() {
        using namespace std::chrono_literals;
        constexpr std::array<std::chrono::milliseconds, 9> times{50ms, 200ms, 300ms, 500ms, 1s,
                                                                 2s,   5s,    30s,   2min};
        constexpr std::array<std::chrono::milliseconds, 2> long_times{6min, 30min};
        const auto time = dice_.chance(90) ? dice_.pick(times) : dice_.pick(long_times);
        if (!relays_.pass(time)) return {"nothing: an account that is user space's alone"};
        return {std::to_string(time.count()) + " ms pass"};
    }

    Dice& dice_;
    BothRelays& relays_;
};

}  // namespace turnpike::test::route_model
