// SPDX-License-Identifier: BSD-3-Clause
//
// The same changes, made to the oracle, which is user space alone, and to the system: the kernel's
// half and user space behind it, on one account as in production.
//
// The kernel's clock is the machine's and cannot be set. So the model's clock runs ahead of it:
// where time passes, the oracle is told a later now, and in the system all that lies ahead comes
// nearer by as much. Both are asked at the same moment, the one that the kernel read: no verdict
// hangs on how fast the machine is.
#pragma once

#include <memory>
#include <vector>

#include "tests/support/route_model/party.hpp"
#include "tests/support/route_model/user_space.hpp"

namespace turnpike::test::route_model {

class BothRelays {
public:
    using Parties = std::vector<std::unique_ptr<Party>>;

    explicit BothRelays(bool plain)
        : pools_{LoadedRelay::instance().program.pools()},
          oracle_{plain},
          behind_{plain},
          kernel_{plain} {
        for (auto& pool : shared_) pool = std::make_unique<SharedPool>(pools_);
    }
    BothRelays(const BothRelays&) = delete;
    BothRelays& operator=(const BothRelays&) = delete;
    ~BothRelays() {
        for (const auto& party : parties_) end_kernel(*party);
    }

    [[nodiscard]] static TimePoint machine_now() { return std::chrono::steady_clock::now(); }
    [[nodiscard]] TimePoint by_model(TimePoint machine) const { return machine + ahead_; }
    [[nodiscard]] TimePoint now() const { return by_model(machine_now()); }
    [[nodiscard]] Duration ahead() const { return ahead_; }

    [[nodiscard]] Parties& parties() { return parties_; }
    // Two of users, then two of calls.
    [[nodiscard]] std::array<std::unique_ptr<SharedPool>, 4>& pools() { return shared_; }
    [[nodiscard]] UserSpace& oracle() { return oracle_; }
    [[nodiscard]] UserSpace& behind_kernel() { return behind_; }
    [[nodiscard]] relay::Session& expected(const Party& party) {
        return *oracle_.routes().find(party.id);
    }
    [[nodiscard]] relay::Session& found(const Party& party) {
        return *behind_.routes().find(party.id);
    }

    void open(std::unique_ptr<Party> opened) {
        Party& party = *parties_.emplace_back(std::move(opened));
        party.id = AllocationId{++last_id_};
        relay::SessionSeed seed{.id = party.id,
                                .five_tuple = party.five_tuple,
                                .relayed = party.relayed,
                                .limits = party.limits,
                                .heard = &party.heard_expected,
                                .random = last_id_};
        if (party.user != nullptr) seed.user = &party.user->expected;
        if (party.call != nullptr) seed.call = &party.call->expected;
        const TimePoint machine = machine_now();
        oracle_.routes().open(seed, by_model(machine));
        seed.limits = limits_of_system(party);
        seed.heard = &party.heard_found;
        if (party.user != nullptr) seed.user = party.user->found.get();
        if (party.call != nullptr) seed.call = party.call->found.get();
        behind_.routes().open(seed, machine);
        for (SharedPool* pool : {party.user, party.call}) {
            if (pool != nullptr) ++pool->sessions;
        }
    }

    // The account is user space's alone after this, and complete.
    void end_kernel(Party& party) { KernelHalf::end(found(party), party.kernel); }
    void close(const Party& party) {
        for (SharedPool* pool : {party.user, party.call}) {
            if (pool != nullptr) --pool->sessions;
        }
        oracle_.routes().close(party.id);
        behind_.routes().close(party.id);
        std::erase_if(parties_, [&](const auto& each) { return each.get() == &party; });
    }

    void install(Party& party, const Party::Installed& route) {
        std::erase_if(party.routes, [&](const Party::Installed& old) {
            if (route.channel == 0 || old.channel == 0) {
                return old.channel == route.channel && old.peer.address == route.peer.address;
            }
            return old.peer == route.peer || old.channel == route.channel;
        });
        party.routes.push_back(route);
        oracle_.routes().install(party.id, route.peer, route.channel, route.expires);
        install_behind(party, route);
        follow(party);
    }
    void remove(Party& party, std::size_t index) {
        const Party::Installed route = party.routes.at(index);
        party.routes.erase(party.routes.begin() + static_cast<std::ptrdiff_t>(index));
        oracle_.routes().remove(party.id, route.peer, route.channel);
        behind_.routes().remove(party.id, route.peer, route.channel);
        follow(party);
    }
    void close_relayed(Party& party, Family family) {
        party.relayed.at(index_of(family)).reset();
        std::erase_if(party.routes, [&](const Party::Installed& route) {
            return route.peer.address.family() == family;
        });
        oracle_.routes().close_relayed(party.id, family);
        behind_.routes().close_relayed(party.id, family);
        follow(party);
    }
    void move(Party& party, const std::optional<FiveTuple>& to) {
        party.has_client = to.has_value();
        if (to) party.five_tuple = *to;
        oracle_.routes().move(party.id, to);
        behind_.routes().move(party.id, to);
        follow(party);
    }
    void amend(Party& party, const relay::SessionLimits& limits) {
        party.limits = limits;
        expected(party).amend(limits);
        amend_system(party);
    }

    // False, and nothing has happened, where an account that the kernel does not share would have
    // to come nearer.
    [[nodiscard]] bool pass(Duration time) {
        for (const auto& party : parties_) {
            if (!party->kernel && found(*party).account().first_media()) return false;
        }
        ahead_ += time;
        for (const auto& party : parties_) {
            amend_system(*party);
            for (const Party::Installed& route : party->routes) install_behind(*party, route);
            if (party->kernel) KernelHalf::bring_nearer(*party->kernel, time);
            follow(*party);
        }
        for (const auto& pool : shared_) {
            for (__u64& full : LoadedRelay::instance().program.pools()[pool->index].full_ns) {
                KernelHalf::bring_nearer(full, time);
            }
        }
        return true;
    }
    void renew(std::unique_ptr<SharedPool>& pool) { pool = std::make_unique<SharedPool>(pools_); }

    // What the oracle's accounts say of times, noted before more of them passes.
    void note_moments() {
        const auto count = [](const std::optional<TimePoint>& moment) {
            return moment ? moment->time_since_epoch().count() : 0;
        };
        for (const auto& party : parties_) {
            const relay::Account& account = expected(*party).account();
            party->media.first.note(count(account.first_media()), ahead_);
            party->media.last.note(count(account.last_media()), ahead_);
            party->media.heard.note(party->heard_expected, ahead_);
        }
        for (const auto& pool : shared_) {
            pool->first_media.note(count(pool->expected.first_media()), ahead_);
        }
    }

private:
    [[nodiscard]] relay::SessionLimits limits_of_system(const Party& party) const {
        relay::SessionLimits limits = party.limits;
        if (limits.deadline) *limits.deadline -= ahead_;
        return limits;
    }
    void amend_system(const Party& party) {
        found(party).amend(limits_of_system(party));
        KernelHalf::amend(found(party), party.kernel);
    }
    void install_behind(const Party& party, const Party::Installed& route) {
        behind_.routes().install(party.id, route.peer, route.channel, route.expires - ahead_);
    }
    void follow(Party& party) {
        kernel_.follow(found(party), party.kernel,
                       {.user = party.user == nullptr ? 0 : party.user->index,
                        .call = party.call == nullptr ? 0 : party.call->index});
    }

    Duration ahead_{};
    xdp::PoolStore pools_;
    std::array<std::unique_ptr<SharedPool>, 4> shared_;  // they outlive the sessions
    UserSpace oracle_;
    UserSpace behind_;
    KernelHalf kernel_;
    Parties parties_;
    std::uint64_t last_id_ = 1'000'000;
};

}  // namespace turnpike::test::route_model
